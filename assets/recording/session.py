"""Runs a program on a pseudo-terminal, types into it as a person would, and keeps what it printed, with the times."""

import codecs
import fcntl
import json
import os
import pty
import select
import struct
import termios
import time

from .terminal import Terminal

KEY_EVERY = 0.09
PATIENCE = 60.0


class Session:
    def __init__(self, command, environment, columns, rows):
        self.screen = Terminal(columns, rows)
        self.events = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._began = time.monotonic()
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        """Types `text`, a key at a time."""
        for key in text:
            self.press(key)

    def press(self, key):
        """One key, or the sequence that the terminal sends for it."""
        os.write(self._terminal, key.encode())
        self.pause(KEY_EVERY)

    def pause(self, seconds):
        """Lets time pass, as somebody who reads does."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self._read(left):
            pass

    def wait_for(self, *texts):
        """Waits until the screen shows all of `texts`."""
        self._wait(lambda shown: all(text in shown for text in texts), f"show {' and '.join(texts)}")

    def wait_until_gone(self, text):
        """Waits until the screen no longer shows `text`."""
        self._wait(lambda shown: text not in shown, f"take {text} away")

    def end(self):
        """Waits until the program has ended."""
        while self._read(PATIENCE):
            pass
        os.close(self._terminal)
        os.waitpid(self._pid, 0)

    def cast(self):
        """The recording in asciinema's format, version 2."""
        size = {"width": self.screen.columns, "height": self.screen.rows}
        header = {"version": 2, **size, "env": {"TERM": "xterm-256color", "SHELL": "/bin/bash"}}
        lines = [header] + [[round(at, 3), "o", text] for at, text in self.events]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def _wait(self, condition, what):
        end = time.monotonic() + PATIENCE
        while not condition(self.screen.text()):
            left = end - time.monotonic()
            if left <= 0 or not self._read(left):
                raise SystemExit(f"the program did not {what}; the screen was:\n{self.screen.text()}")

    def _read(self, seconds):
        """Reads what comes next; false where the program has ended."""
        readable, _, _ = select.select([self._terminal], [], [], seconds)
        if not readable:
            return True
        try:
            output = os.read(self._terminal, 65536)
        except OSError:
            return False
        text = self._decoder.decode(output)
        self.events.append((time.monotonic() - self._began, text))
        self.screen.feed(text)
        return bool(output)
