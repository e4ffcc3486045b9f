"""What settings must fulfil together, beyond each one's form."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from notifier.core.address import LONGEST_DETAIL, LONGEST_LOCAL_PART, normal_address_or_domain
from notifier.core.cadence import parse_cadence
from notifier.settings.secrets import file_problems
from notifier.settings.whole import Settings

MAIL_SCHEMES = ("smtp", "smtp+starttls", "smtps", "maildir")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def problems_of(settings: Settings) -> list[str]:
    """Every problem, each beginning with its key."""
    return [
        *_list_problems(settings),
        *_mail_problems(settings),
        *_database_problems(settings),
        *_web_problems(settings),
        *_ops_problems(settings),
        *_inbox_problems(settings),
        *_canary_problems(settings),
    ]


def parts_of(url: str) -> SplitResult:
    """The parts of an address; none of them when it is not one."""
    try:
        parts = urlsplit(url)
        _ = parts.port, (parts.hostname or "").encode("idna")
    except ValueError:
        return urlsplit("")
    return parts


def _list_problems(settings: Settings) -> list[str]:
    problems = []
    try:
        ZoneInfo(settings.list.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append(
            f"list.time_zone: “{settings.list.time_zone}” is not known here; write a name such as"
            " Europe/Oslo, and make sure that the tzdata package is installed"
        )
    try:
        parse_cadence(settings.reminders.leads)
    except ValueError as error:
        problems.append(f"reminders.leads: {error}")
    opens, closes = settings.mail.hours
    if not opens <= settings.reminders.at < closes:
        problems.append(
            f"reminders.at: {settings.reminders.at:%H:%M} is outside mail.hours ({opens:%H:%M}-{closes:%H:%M}),"
            " so every reminder would leave late; choose an hour within them, or widen mail.hours"
        )
    return problems


def _mail_problems(settings: Settings) -> list[str]:
    problems = []
    scheme, _, rest = settings.mail_url.partition(":")
    if scheme not in MAIL_SCHEMES:
        problems.append(f"mail.url: begin it with one of {', '.join(f'{s}:' for s in MAIL_SCHEMES)}")
    elif scheme != "maildir":
        problems.extend(_smtp_problems(settings))
    elif not rest.removeprefix("//"):
        problems.append("mail.url: names no folder; write maildir:/var/lib/notifier/mail")
    problems.extend(file_problems("mail.password_file", settings.mail.password_file))
    problems.extend(_address_problems(settings))
    problems.extend(_only_to_problems(settings))
    return problems


def _smtp_problems(settings: Settings) -> list[str]:
    problems = []
    url = parts_of(settings.mail_url)
    if not url.hostname or url.port == 0:
        problems.append("mail.url: names no host, or a port that is none; write smtp://relay.example:25")
    if url.scheme == "smtp" and url.username and url.hostname not in LOOPBACK:
        problems.append(
            "mail.url: a login over an unencrypted connection; write smtp+starttls:// or smtps:// instead"
        )
    publisher = settings.publisher
    named = {key for key in publisher.model_fields_set if getattr(publisher, key).strip()}
    return problems + [
        f"publisher.{key}: must be set once mail goes to SMTP, since vendors see it"
        for key in ("name", "contact")
        if key not in named
    ]


def _address_problems(settings: Settings) -> list[str]:
    from email_validator import EmailNotValidError, validate_email

    named = [("mail.from", settings.mail.sender), ("publisher.contact", settings.publisher.contact)]
    named += [("inbox.address", settings.inbox.address), ("canary.address", settings.canary.address)]
    named += [("ops.recipients", address) for address in settings.ops.recipients]
    problems = []
    for key, address in named:
        if address:
            try:
                validate_email(address, check_deliverability=False, test_environment=True)
            except EmailNotValidError as error:
                problems.append(f"{key}: “{address}” is not an e-mail address: {error}")
    return problems


def _only_to_problems(settings: Settings) -> list[str]:
    """A misspelt entry would bar whoever it was meant to let through, for good."""
    problems = []
    for entry in settings.mail.only_to:
        try:
            normal_address_or_domain(entry)
        except ValueError as error:
            problems.append(f"mail.only_to: {error}")
    return problems


def _web_problems(settings: Settings) -> list[str]:
    binds = {"web.bind": settings.web.bind, "metrics.bind": settings.metrics.bind}
    problems = [
        f"{key}: write an address and a port, such as 127.0.0.1:8080 or [::]:8080"
        for key, bind in binds.items()
        if bind is not None and not _is_bind(bind)
    ]
    base = parts_of(settings.base_url)
    is_whole = base.scheme in ("http", "https") and base.hostname and _is_one_word(settings.base_url)
    if not is_whole or base.query or base.fragment:
        problems.append("web.base_url: write the page's full address, such as https://varsel.example.no")
    return problems


def _is_bind(bind: str) -> bool:
    host, _, port = bind.rpartition(":")
    ambiguous = ":" in host and not host.startswith("[")
    return bool(host) and not ambiguous and port.isascii() and port.isdigit() and int(port) <= 65535


def _inbox_problems(settings: Settings) -> list[str]:
    bind, address = settings.inbox.bind, settings.inbox_address
    if bind is None or address is None:
        return ["inbox.address: has no effect without inbox.bind; set both"] if settings.inbox.address else []
    problems = []
    is_local = _is_bind(bind) and bind.rpartition(":")[0].strip("[]") in LOOPBACK
    if not (is_local or bind.startswith("/")):
        problems.append(
            "inbox.bind: write a place on this machine, such as 127.0.0.1:8024 or /run/notifier/inbox.sock;"
            " whoever reaches it can hand mail over in anybody's name"
        )
    if len(address.rpartition("@")[0]) + LONGEST_DETAIL > LONGEST_LOCAL_PART:
        most = LONGEST_LOCAL_PART - LONGEST_DETAIL
        problems.append(f"inbox.address: before the @ at most {most} characters, since signatures are added")
    local, _, domain = settings.publisher.contact.casefold().rpartition("@")
    if not domain or f"{local.partition('+')[0]}@{domain}" == address.casefold():
        problems.append(
            "publisher.contact: letters to people are sent on to it, so set it to another address than"
            " inbox.address"
        )
    return problems


def _database_problems(settings: Settings) -> list[str]:
    file = settings.database.password_file
    problems = [*file_problems("database.password_file", file)]
    url = parts_of(settings.database.url.get_secret_value() if settings.database.url else "")
    if file is not None and not (url.scheme.startswith("postgresql") and url.username):
        problems.append(
            "database.password_file: needs database.url with the user, as in postgresql://notifier@db.example/notifier"
        )
    return problems


def _canary_problems(settings: Settings) -> list[str]:
    if settings.canary.address and not settings.inbox.bind:
        return ["canary.address: needs inbox.bind, where the mail comes back; set both"]
    return []


def _ops_problems(settings: Settings) -> list[str]:
    ops = settings.ops
    unread = [
        *file_problems("ops.webhook_file", ops.webhook_file),
        *file_problems("ops.heartbeat_file", ops.heartbeat_file),
    ]
    if unread:
        return unread
    posted = {
        "ops.webhook_file" if ops.webhook_file else "ops.webhook": settings.webhook,
        "ops.heartbeat_file" if ops.heartbeat_file else "ops.heartbeat": settings.heartbeat,
    }
    return [
        f"{key}: write the full address beginning with https:// (http:// only to this machine); a space in"
        " it is written %20, a letter such as ø %C3%B8"
        for key, address in posted.items()
        if address is not None and not _may_be_posted_to(address)
    ]


def _may_be_posted_to(address: str) -> bool:
    url = parts_of(address)
    is_safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)
    return bool(url.hostname) and is_safe and _is_one_word(address) and (url.path + url.query).isascii()


def _is_one_word(address: str) -> bool:
    return address.split() == [address]
