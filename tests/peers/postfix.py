"""A real Postfix (Debian's package) on the loopback interface, with a configuration, a queue and a log of its own.

    with running_postfix(deliver_to=sink.address, hand_over={"varsel.example.no": "127.0.0.1:8024"}) as postfix:
        … smtp://{postfix.address} …

It hands mail for some domains over by LMTP, all other mail goes to `deliver_to`, and what comes back from there it
returns to the sender, as it does everywhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.processes.installation import free_port

DAEMONS = Path("/usr/lib/postfix/sbin")
_SERVICES = """\
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_SETTINGS = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = mx.example.no
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
recipient_delimiter = +
local_transport = error:no local mail
alias_maps =
transport_maps = inline:{{ {transports} }}
default_transport = smtp:[{host}]:{sink}
lmtp_destination_recipient_limit = 1
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
"""


class NoPostfixError(Exception):
    """None can be started here; the message says why."""


@dataclass(frozen=True)
class Postfix:
    """One that runs."""

    address: str
    folder: Path

    @property
    def log(self) -> str:
        """What it wrote into its log so far."""
        file = self.folder / "mail.log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else "no log yet"


@contextmanager
def running_postfix(*, deliver_to: str, hand_over: Mapping[str, str]) -> Iterator[Postfix]:
    """Postfix until the block ends; `hand_over` names LMTP servers by domain. Raises NoPostfixError."""
    command = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if command is None or not DAEMONS.is_dir():
        raise NoPostfixError("there is no Postfix here (Debian's package postfix)")
    if os.geteuid() != 0:
        raise NoPostfixError("Postfix can only be started by root")
    # Its processes run as another user, who cannot look into a folder of pytest's.
    folder = Path(tempfile.mkdtemp(prefix="postfix-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        port = _configure(folder, deliver_to, hand_over)
        _run(command, folder, "start")
        try:
            yield Postfix(address=f"127.0.0.1:{port}", folder=folder)
        finally:
            _run(command, folder, "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path, deliver_to: str, hand_over: Mapping[str, str]) -> int:
    port = free_port()
    host, _, sink = deliver_to.rpartition(":")
    transports = ", ".join(f"{domain}=lmtp:inet:{place}" for domain, place in hand_over.items())
    places = {"folder": folder, "daemons": DAEMONS, "transports": transports, "host": host, "sink": sink}
    for name in ("queue", "data", "conf"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "conf" / "main.cf").write_text(_SETTINGS.format(**places))
    (folder / "conf" / "master.cf").write_text(_SERVICES.format(port=port))
    return port


def _run(command: str, folder: Path, what: str) -> None:
    done = subprocess.run(
        [command, "-c", str(folder / "conf"), what], capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode != 0 and what == "start":
        raise NoPostfixError(f"Postfix does not start: {done.stderr or done.stdout}")
