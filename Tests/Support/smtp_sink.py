#!/usr/bin/env python3
"""An SMTP server for tests that keeps what it accepts and fails just where it is told to.

Python 3 standard library, and the openssl command for certificates. Binds to loopback.

    smtp_sink.py --dir OUT --fail 'rcpt=550 5.1.1 No such user:first 2'

prints "ready PORT" and serves until it is killed or its standard input ends (--until-eof).

A rule is STAGE=ACTION[:CONDITION[, CONDITION]].

stages      connect ehlo helo starttls tls auth mail rcpt data body dot quit idle
            (tls: the handshake; body: some of the message has come; idle: right after an accepted message)
actions     CODE TEXT           that reply instead of the usual one ("\\n" makes several lines of it); 421 closes after it
            CODE TEXT close     that reply, then the end
            drop                orderly close            reset     TCP RST
            hang                silence                  garbage   a line that is no reply, then silence
            delay SECONDS       the usual reply, late
            stall               (body) reads no more
            accept-then-drop, accept-then-reset, accept-then-hang, accept-then-garbage
                                (dot) keeps the message, then no reply
            keep CODE TEXT      (dot) keeps the message and says that, for example "keep 251 taken"
conditions  first N, after N, every N, only N: the N-th time that this stage comes up in this process
            to PART: PART stands in the recipient's address;  connection N: on the N-th connection

Files in OUT: 000001.eml ... with the dots undone; index.jsonl, a line for each kept message; events.jsonl, a line for
each connection, command (of AUTH only the mechanism), kept message and close.
"""

import argparse
import base64
import json
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

STAGES = "connect ehlo helo starttls tls auth mail rcpt data body dot quit idle".split()
CONDITION = re.compile(r"(first|after|every|only|connection) (\d+)|to (\S+)")


class Rule:
    def __init__(self, text):
        stage, equals, rest = text.partition("=")
        if not equals or stage not in STAGES:
            raise argparse.ArgumentTypeError(f"{text!r}: expected STAGE=ACTION, a stage of {' '.join(STAGES)}")
        action, colon, tail = rest.rpartition(":")
        parts = [part.strip() for part in tail.split(",")]
        if colon and all(CONDITION.fullmatch(part) for part in parts):
            self.conditions = [CONDITION.fullmatch(part).groups() for part in parts]
        else:
            action, self.conditions = rest, []
        self.stage, self.action = stage, action.strip()

    def holds(self, count, connection, recipient):
        for word, number, part in self.conditions:
            number = int(number) if number else 0
            fits = {
                "first": count <= number,
                "after": count > number,
                "every": number and count % number == 0,
                "only": count == number,
                "connection": connection == number,
                None: part is not None and recipient is not None and part in recipient,
            }[word]
            if not fits:
                return False
        return True


class Store:
    def __init__(self, folder):
        self.folder, self.lock, self.count = folder, threading.Lock(), 0
        os.makedirs(folder, exist_ok=True)

    def keep(self, facts, message):
        with self.lock:
            self.count += 1
            name = f"{self.count:06d}.eml"
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(message)
            self._line("index.jsonl", {"file": name, **facts, "size": len(message)})
            self._line("events.jsonl", {"event": "kept", "connection": facts["connection"], "file": name})
            return name

    def event(self, **facts):
        with self.lock:
            self._line("events.jsonl", facts)

    def _line(self, name, facts):
        with open(os.path.join(self.folder, name), "a", encoding="utf-8") as file:
            file.write(json.dumps(facts) + "\n")


class Gone(Exception):
    """The conversation is over."""


class Server:
    def __init__(self, options):
        self.options, self.rules, self.store = options, options.fail, Store(options.dir)
        self.lock, self.counts, self.connections = threading.Lock(), {}, 0
        self.context = None
        if options.tls != "off":
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(options.cert, options.key)

    def action(self, stage, connection, recipient=None):
        with self.lock:
            self.counts[stage] = self.counts.get(stage, 0) + 1
            count = self.counts[stage]
        for rule in self.rules:
            if rule.stage == stage and rule.holds(count, connection, recipient):
                return rule.action
        return None

    def run(self):
        listener = socket.create_server((self.options.host, self.options.port), backlog=64)
        print(f"ready {listener.getsockname()[1]}", flush=True)
        while True:
            peer, _ = listener.accept()
            self.connections += 1
            threading.Thread(target=Session(self, peer, self.connections).run, daemon=True).start()


class Session:
    def __init__(self, server, peer, number):
        self.server, self.options, self.peer, self.number = server, server.options, peer, number
        self.buffer, self.encrypted, self.user = b"", False, None
        self.hello, self.sender, self.recipients = None, None, []

    def run(self):
        self.server.store.event(event="connect", connection=self.number)
        why = "end"
        try:
            self.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.options.tls == "implicit":
                self.encrypt()
            self.answer("connect", "220 sink.test ESMTP")
            while True:
                self.command(self.line())
        except Gone as gone:
            why = str(gone) or "end"
        except (OSError, ssl.SSLError) as error:
            why = f"{type(error).__name__}: {error}"
        self.server.store.event(event="close", connection=self.number, why=why)
        self.peer.close()

    def read(self):
        data = self.peer.recv(65536)
        if not data:
            raise Gone("client closed")
        self.buffer += data

    def line(self):
        while b"\n" not in self.buffer:
            self.read()
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.rstrip(b"\r").decode("utf-8", "replace")

    def say(self, text):
        code, lines = text[:3], text[4:].split("\\n")
        rows = [f"{code}{'-' if n + 1 < len(lines) else ' '}{line}\r\n" for n, line in enumerate(lines)]
        self.peer.sendall("".join(rows).encode())

    def pause(self, action):
        if action and action.startswith("delay "):
            time.sleep(float(action.split()[1]))
            return True
        return action is None

    def reset(self):
        self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if isinstance(self.peer, ssl.SSLSocket):
            os.close(self.peer.detach())
        raise Gone("reset")

    def hang(self):
        # Until the other side has had enough. What it sends meanwhile is its own affair, and is seen in the events.
        while True:
            self.read()

    def encrypt(self):
        action = self.server.action("tls", self.number)
        if action is not None:
            self.act(action, "")
        self.peer = self.server.context.wrap_socket(self.peer, server_side=True)
        self.encrypted, self.buffer = True, b""

    def answer(self, stage, usual, recipient=None):
        """Does what a rule says, or gives the usual reply. True when the usual thing, or a 2yz or 3yz, was said."""
        action = self.server.action(stage, self.number, recipient)
        if action is None:
            self.say(usual)
            return True
        return self.act(action, usual)

    def act(self, action, usual):
        if action == "drop":
            raise Gone("drop")
        if action == "reset":
            self.reset()
        if action == "hang":
            self.hang()
        if action == "stall":
            while True:
                time.sleep(3600)
        if action == "garbage":
            self.peer.sendall(b"\x01\x02 what? \xff\r\n")
            self.hang()
        if self.pause(action):
            self.say(usual)
            return True
        self.say(action.removesuffix(" close"))
        if action.endswith(" close") or action.startswith("421"):
            raise Gone("closed after a reply")
        return action[0] in "23"

    def command(self, line):
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        shown = f"AUTH {rest.split(' ')[0]}" if verb == "AUTH" else line
        self.server.store.event(event="command", connection=self.number, line=shown, tls=self.encrypted)
        handler = getattr(self, f"do_{verb.lower()}", None)
        if handler is None or not verb.isalpha():
            self.say("500 5.5.1 unknown command")
        else:
            handler(rest)

    def do_ehlo(self, rest):
        self.hello = rest
        offers = ["sink.test"] + self.options.offer
        if self.options.tls == "starttls" and not self.encrypted and not self.options.hide_starttls:
            offers.append("STARTTLS")
        if self.options.mechanisms and (self.encrypted or self.options.tls != "starttls"):
            offers.append(f"AUTH {self.options.mechanisms}")
        self.answer("ehlo", "250 " + "\\n".join(offers))

    def do_helo(self, rest):
        self.hello = rest
        self.answer("helo", "250 sink.test")

    def do_starttls(self, rest):
        if self.server.context is None or self.encrypted:
            return self.say("503 5.5.1 no")
        if self.answer("starttls", "220 2.0.0 go ahead"):
            self.encrypt()

    def do_auth(self, rest):
        mechanism, _, initial = rest.partition(" ")

        def ask(challenge):
            self.say("334 " + base64.b64encode(challenge.encode()).decode())
            return self.line()

        def plain(text):
            return base64.b64decode(text).decode()

        if mechanism.upper() == "PLAIN":
            _, user, password = plain(initial or ask("")).split("\0")
        elif mechanism.upper() == "LOGIN":
            user = plain(initial or ask("Username:"))
            password = plain(ask("Password:"))
        else:
            return self.say("504 5.5.4 unknown mechanism")
        wanted = self.options.require_auth
        if wanted is not None and f"{user}:{password}" != wanted:
            return self.say("535 5.7.8 wrong user or password")
        if self.answer("auth", "235 2.7.0 welcome"):
            self.user = user

    def do_mail(self, rest):
        self.sender, self.recipients = None, []
        if self.options.require_auth and self.user is None:
            return self.say("530 5.7.0 log in first")
        if self.answer("mail", "250 2.1.0 ok"):
            self.sender = rest.partition(":")[2]

    def do_rcpt(self, rest):
        if self.sender is None:
            return self.say("503 5.5.1 MAIL first")
        recipient = rest.partition(":")[2].strip()
        if self.answer("rcpt", "250 2.1.5 ok", recipient):
            self.recipients.append(recipient)

    def do_data(self, rest):
        if not self.recipients:
            return self.say("503 5.5.1 RCPT first")
        action = self.server.action("data", self.number, self.recipients[0])
        if self.pause(action):
            self.say("354 go on")
        elif not (self.act(action, "") and action.startswith("354")):
            return
        self.verdict(self.message())
        self.sender, self.recipients = None, []

    def message(self):
        action = self.server.action("body", self.number, self.recipients[0])
        if action is not None:
            while not self.buffer:
                self.read()
            if not self.pause(action):
                self.act(action, "")
        while not (self.buffer.startswith(b".\r\n") or b"\r\n.\r\n" in self.buffer):
            self.read()
        if self.buffer.startswith(b".\r\n"):
            raw, self.buffer = b"", self.buffer[3:]
        else:
            raw, _, self.buffer = self.buffer.partition(b"\r\n.\r\n")
            raw += b"\r\n"
        return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in raw.split(b"\r\n"))

    def keep(self, message):
        return self.server.store.keep({
            "connection": self.number, "hello": self.hello, "sender": self.sender, "recipients": self.recipients,
            "tls": self.encrypted, "user": self.user, "bare_lf": message.replace(b"\r\n", b"").count(b"\n"),
        }, message)

    def verdict(self, message):
        action = self.server.action("dot", self.number, self.recipients[0])
        if self.pause(action):
            self.say(f"250 2.0.0 kept as {self.keep(message)}")
        elif action.startswith("accept-then-"):
            self.keep(message)
            self.act(action.removeprefix("accept-then-"), "")
        elif action.startswith("keep "):
            self.keep(message)
            self.act(action.removeprefix("keep "), "")
        else:
            if action.startswith("2"):
                self.keep(message)
            if not self.act(action, ""):
                return
        idle = self.server.action("idle", self.number)
        if idle is not None:
            self.act(idle, "")

    def do_rset(self, rest):
        self.sender, self.recipients = None, []
        self.say("250 2.0.0 ok")

    def do_noop(self, rest):
        self.say("250 2.0.0 ok")

    def do_quit(self, rest):
        self.answer("quit", "221 2.0.0 bye")
        raise Gone("quit")


def make_certificates(folder):
    """A CA, a server certificate of it for localhost and 127.0.0.1, and one for another name."""
    os.makedirs(folder, exist_ok=True)

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, cwd=folder, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Sink test CA", "-days", "2")
    for name, alternatives in [("server", "DNS:localhost,IP:127.0.0.1"), ("wrong", "DNS:elsewhere.test")]:
        with open(os.path.join(folder, f"{name}.cnf"), "w", encoding="ascii") as file:
            file.write(f"subjectAltName={alternatives}\n")
        openssl("req", "-new", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}.test")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", f"{name}.pem", "-days", "2", "-extfile", f"{name}.cnf")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--make-certificates", metavar="FOLDER", help="write ca.pem, server.pem, wrong.pem, and end")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--dir", help="where accepted messages go")
    parser.add_argument("--fail", type=Rule, action="append", default=[], metavar="RULE")
    parser.add_argument("--tls", choices=["off", "starttls", "implicit"], default="off")
    parser.add_argument("--hide-starttls", action="store_true", help="do not offer it")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--mechanisms", default="", help='offered in AUTH, for example "PLAIN LOGIN"; empty: no AUTH')
    parser.add_argument("--require-auth", metavar="USER:PASSWORD")
    parser.add_argument("--offer", action="append", default=[], help="a further line in the answer to EHLO")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does")
    options = parser.parse_args()
    if options.make_certificates:
        return make_certificates(options.make_certificates)
    if not options.dir:
        parser.error("--dir is missing")
    if options.until_eof:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    Server(options).run()


if __name__ == "__main__":
    main()
