"""How dangerous a command is said to look."""

import pytest

from orchestrator.intents.ssh_risk import risk_of


@pytest.mark.parametrize("command", ["uptime", "df -h", "cat /etc/hostname", "systemctl status nginx"])
def test_what_peek_accepts_is_reading(command: str) -> None:
    assert risk_of(command) == "read"


@pytest.mark.parametrize(
    "command",
    [
        "touch x",
        "systemctl restart nginx",
        "echo hi >> log",
        "ls | wc -l",
        "make 2>&1",
        "ls 2>/dev/null",
        "apt-get install x",
        "ls 'unclosed",
    ],
)
def test_everything_else_is_a_change(command: str) -> None:
    assert risk_of(command) == "change"


@pytest.mark.parametrize(
    "command",
    [
        "rm -rf /",
        "sudo rm x",
        "/bin/rm x",
        "ls; rm x",
        "sh -c 'rm x'",
        "echo $(rm x)",
        "find . -delete",
        "mkfs.ext4 /dev/sda1",
        "dd if=/dev/zero of=/dev/sda",
        "systemctl stop nginx",
        "docker system prune -f",
        "git reset --hard",
        "echo x > /etc/passwd",
        "echo x >| f",
        'psql -c "DROP TABLE users"',
        "mysql -e 'delete  from users'",
        "reboot",
    ],
)
def test_what_destroys_is_found_wherever_it_stands(command: str) -> None:
    assert risk_of(command) == "destructive"
