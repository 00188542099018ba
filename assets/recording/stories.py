"""What is done in the demo while it is recorded."""

import re

from .session import Session

ENTER, ESCAPE, F4, F6 = "\r", "\x1b", "\x1bOS", "\x1b[17~"
UP, DOWN, RIGHT, TAB = "\x1b[A", "\x1b[B", "\x1b[C", "\t"
CTRL_O, CTRL_T, CTRL_U, CTRL_X = "\x0f", "\x14", "\x15", "\x18"
REASON = "restore the ledger table"
TICKET = "INC-4711"
# The demo has approved its sign-in and listed everything.
LISTED = ("83 roles", "esc quit")
# The animation shows this where motion is not wanted.
AT_REST = "Today (2)"

# An empty home folder, and another host name, that are gone with the program. The program itself may lie in /home.
ENTER_A_CLEAN_PLACE = """
set -e
exec 3<"$1"
mount -t tmpfs none /home
mkdir -p /home/alice/.cargo/bin
cat <&3 >/home/alice/.cargo/bin/daypass
exec 3<&-
chmod +x /home/alice/.cargo/bin/daypass
printf 'PS1="$ "\\nunset HISTFILE\\n' >/home/alice/.bashrc
hostname laptop
cd /home/alice
exec bash
"""
ENVIRONMENT = {
    "HOME": "/home/alice",
    "PATH": "/home/alice/.cargo/bin:/usr/bin:/bin",
    "SHELL": "/bin/bash",
    "LANG": "C.UTF-8",
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "COLORFGBG": "15;0",
    "TZ": "UTC",
}


def open_demo(program, columns, rows):
    place = ["unshare", "--user", "--map-root-user", "--mount", "--uts", "bash", "-c", ENTER_A_CLEAN_PLACE]
    session = Session([*place, "bash", str(program)], ENVIRONMENT, columns, rows)
    session.wait_for("$")
    session.type("daypass demo --accounts 25" + ENTER)
    return session


def leave(session):
    session.press(ESCAPE)
    session.wait_until_gone("daypass demo  ")
    session.type("exit")
    session.press(ENTER)
    session.end()


def animation(program):
    """From the sign-in to a shell and back; the cast."""
    session = open_demo(program, 110, 28)
    session.wait_for(*LISTED)
    session.pause(1.6)
    session.type("pay dev")
    session.wait_for("of 83")
    session.pause(1.0)
    session.press(DOWN)
    session.pause(1.0)
    session.press(ENTER)
    session.wait_for("Developer 1h 0m]")
    session.pause(1.2)
    session.type("echo $AWS_REGION")
    session.press(ENTER)
    session.pause(1.2)
    session.type("exit")
    session.press(ENTER)
    session.wait_for("pay dev", "Back from")
    session.pause(1.6)
    session.press(ESCAPE)
    session.wait_for("Today (1)")
    session.pause(1.6)
    session.type("prod pay")
    session.pause(0.6)
    session.press(CTRL_T)
    session.pause(1.0)
    session.press(ESCAPE)
    session.wait_for("Today (2)")
    session.pause(1.6)
    session.press(F4)
    session.pause(1.6)
    for key in (DOWN, DOWN, RIGHT, RIGHT):
        session.press(key)
        session.pause(0.5)
    session.pause(1.0)
    session.press(CTRL_O)
    session.wait_for("Open a shell")
    session.pause(1.6)
    session.press(ESCAPE)
    session.pause(1.0)
    cast = session.cast()
    leave(session)
    return cast


def pictures(program):
    """Name, letter size and screen of each picture."""
    session = open_demo(program, 120, 36)
    hold_and_pin(session)
    yield "today", 16, session.screen.snapshot()
    leave(session)

    session = open_demo(program, 164, 42)
    hold_and_pin(session)
    session.press(F4)
    session.wait_for("account  ")
    yield "tiers", 14, session.screen.snapshot()
    leave(session)

    session = open_demo(program, 100, 26)
    session.wait_for(*LISTED)
    session.type("prod ledger admin" + ENTER)
    fill_in(session)
    session.type(digits(session)[:2])
    yield "elevate", 16, session.screen.snapshot()
    session.press(ESCAPE)
    session.press(ESCAPE)
    leave(session)

    session = open_demo(program, 150, 32)
    session.wait_for(*LISTED)
    for query in ("prod ledger admin", "prod pay admin", "stage pay admin"):
        search(session, query)
        elevate(session)
    # One of them was ended early.
    session.press(CTRL_X)
    session.wait_for("End ")
    session.press(ENTER)
    session.wait_for("Ended ")
    session.press(F6)
    session.wait_for("Elevations")
    session.pause(1.0)
    yield "elevations", 14, session.screen.snapshot()
    # Back, the notice away, and the search.
    for _ in range(3):
        session.press(ESCAPE)
        session.pause(0.5)
    leave(session)


def elevate(session):
    """Has the credentials of the selected Admin role fetched under an elevation."""
    session.type(CTRL_O + "r")
    fill_in(session)
    session.type(digits(session) + ENTER)
    session.wait_for("●")
    session.wait_until_gone("confirm ›")


def fill_in(session):
    """Fills the form in, up to the confirmation."""
    session.wait_for("reason  ›")
    session.type(REASON)
    session.type(TAB + TICKET + ENTER)
    session.wait_for("then ↵")


def digits(session):
    """What the form asks to have typed."""
    found = re.search(r"type .* or ([0-9]{4}),? then", session.screen.text())
    return found.group(1)


def hold_and_pin(session):
    """Gets credentials for some roles, one of them Admin, pins others, and selects one that is held."""
    session.wait_for(*LISTED)
    search(session, "prod ledger admin")
    elevate(session)
    for query in ("prod pay dev", "stage check ro", "log arch ro"):
        search(session, query)
        session.type(CTRL_O + "r")
        session.wait_for("●")
    for query in ("data prod scientist", "shared net dev"):
        search(session, query)
        session.press(CTRL_T)
    session.press(ESCAPE)
    session.press(UP)
    session.wait_for("Today (6)")
    for _ in range(3):
        session.press(DOWN)
    session.wait_until_gone("credentials until")


def search(session, query):
    session.press(CTRL_U)
    session.type(query)
    session.pause(0.5)
