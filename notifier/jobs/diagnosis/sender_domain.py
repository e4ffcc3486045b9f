"""The sender's domain in the DNS: whether receivers can tell that our mails are ours (SPF, DKIM, DMARC)."""

from __future__ import annotations

from collections.abc import Iterator

import dns.exception
import dns.resolver

from notifier.jobs.diagnosis.finding import Finding, ok, warning

SECONDS = 5.0


class _SilentError(Exception):
    """No resolver answered."""


def look_at_domain(
    domain: str, resolver: dns.resolver.Resolver | None, *, seconds: float = SECONDS
) -> Iterator[Finding]:
    """SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 9989) of the domain; `resolver` None means the system's."""
    try:
        asked = resolver or dns.resolver.Resolver()
        asked.lifetime = seconds
        yield _senders(asked, domain)
        yield _policy(asked, domain)
        yield _keys(asked, domain)
    except (_SilentError, dns.exception.DNSException) as trouble:
        seen = f"no resolver answered about {domain} ({type(trouble).__name__})"
        yield warning("sender", seen, "look at its SPF, DKIM and DMARC records from elsewhere")


def _senders(resolver: dns.resolver.Resolver, domain: str) -> Finding:
    if _publishes(resolver, domain, "v=spf1"):
        return ok("sender", f"SPF is published at {domain}")
    advice = f"publish a TXT record at {domain} that begins v=spf1 and names the relay among its senders"
    return warning("sender", f"{domain} has no SPF record", advice)


def _policy(resolver: dns.resolver.Resolver, domain: str) -> Finding:
    for name in _upwards(domain):
        if _publishes(resolver, f"_dmarc.{name}", "v=DMARC1"):
            return ok("sender", f"DMARC is published at _dmarc.{name}")
    advice = f"publish a TXT record at _dmarc.{domain} that begins v=DMARC1 and says what receivers do with forgeries"
    return warning("sender", f"{domain} has no DMARC record", advice)


def _keys(resolver: dns.resolver.Resolver, domain: str) -> Finding:
    """The selector is the relay's own, but where there is any key the name above it exists (RFC 8020)."""
    try:
        resolver.resolve(f"_domainkey.{domain}", "TXT", raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        advice = f"let the relay sign with DKIM, and publish its key at SELECTOR._domainkey.{domain}"
        return warning("sender", f"{domain} publishes no DKIM key", advice)
    except (dns.resolver.NoNameservers, dns.exception.Timeout) as trouble:
        raise _SilentError from trouble
    return ok("sender", f"DKIM keys are published at _domainkey.{domain}")


def _publishes(resolver: dns.resolver.Resolver, name: str, mark: str) -> bool:
    try:
        answer = resolver.resolve(name, "TXT", raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return False
    except (dns.resolver.NoNameservers, dns.exception.Timeout) as trouble:
        raise _SilentError from trouble
    return any(b"".join(record.strings).startswith(mark.encode()) for record in answer.rrset or ())


def _upwards(domain: str) -> list[str]:
    """The domain and those above it, down to two labels: a record above holds for what is below."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(len(labels) - 1, 1))]
