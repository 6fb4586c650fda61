#!/usr/bin/env python3
"""An HTTP service for tests that keeps what it is told and answers just what it was told to.

Python 3 standard library. Binds to loopback.

    http_sink.py --dir OUT --answer 500 --answer 200

prints "ready PORT" and serves until it is killed or its standard input ends (--until-eof). Each request takes the next
answer; the last one stays.

answers     CODE                 that status, with a small body
            CODE TEXT            that status, with TEXT as its body
            redirect             307 to /elsewhere of this same service
            close                reads the request, then ends the connection without a word
            reset                the same with a TCP RST
            hang                 reads the request, then says nothing
            deaf                 accepts the connection, reads nothing, says nothing
            continue-close       says 100 Continue, then ends the connection
            later TIME           429, with TIME as Retry-After
            cut CODE             that status with half of its body

Files in OUT: requests.jsonl, a line for each request with its method, path, heads (in lower case) and body, also of those
that get no answer; connections.txt, a line for each connection.
"""

import argparse
import json
import os
import socket
import ssl
import struct
import sys
import threading

REASONS = {200: "OK", 202: "Accepted", 408: "Request Timeout", 422: "Unprocessable Content", 425: "Too Early",
           429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}


class Sink:
    def __init__(self, options):
        self.options = options
        self.lock = threading.Lock()
        self.count = 0

    def note(self, name, text):
        with self.lock, open(os.path.join(self.options.dir, name), "a", encoding="utf-8") as file:
            file.write(text + "\n")

    def next_answer(self):
        with self.lock:
            answers = self.options.answer or ["200"]
            answer = answers[min(self.count, len(answers) - 1)]
            self.count += 1
            return answer

    def serve(self, client):
        self.note("connections.txt", "connection")
        answer = None
        try:
            if self.options.answer and self.options.answer[min(self.count, len(self.options.answer) - 1)] == "deaf":
                threading.Event().wait()
            if self.options.context:
                client = self.options.context.wrap_socket(client, server_side=True)
            data = b""
            while b"\r\n\r\n" not in data:
                chunk = client.recv(65536)
                if not chunk:
                    return
                data += chunk
            head, _, body = data.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            method, path, _ = lines[0].split(" ", 2)
            heads = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            while len(body) < int(heads.get("content-length", 0)):
                chunk = client.recv(65536)
                if not chunk:
                    break
                body += chunk
            self.note("requests.jsonl", json.dumps(
                {"method": method, "path": path, "heads": heads, "body": body.decode("utf-8")}))
            answer = self.next_answer()
            self.give(client, answer)
        except (OSError, ssl.SSLError, ValueError) as error:
            self.note("faults.txt", repr(error))
        finally:
            if answer != "hang":
                client.close()

    def give(self, client, answer):
        word, _, rest = answer.partition(" ")
        if word == "close":
            return
        if word == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if word == "hang":
            threading.Event().wait()
        if word == "continue-close":
            client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            return
        if word == "later":
            client.sendall(
                f"HTTP/1.1 429 Too Many Requests\r\nRetry-After: {rest}\r\nContent-Length: 0\r\n\r\n".encode())
            return
        if word == "redirect":
            client.sendall(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
            return
        code = int(rest if word == "cut" else word)
        text = (rest if rest and word != "cut" else '{"status":%d}' % code).encode()
        length = len(text) * (2 if word == "cut" else 1)
        client.sendall(
            f"HTTP/1.1 {code} {REASONS.get(code, 'Other')}\r\nContent-Length: {length}\r\n\r\n".encode() + text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True)
    parser.add_argument("--answer", action="append")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--until-eof", action="store_true")
    options = parser.parse_args()
    options.context = None
    if options.cert:
        options.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        options.context.load_cert_chain(options.cert, options.key)
    os.makedirs(options.dir, exist_ok=True)
    sink = Sink(options)
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", options.port))
    server.listen(64)
    print(f"ready {server.getsockname()[1]}", flush=True)

    def accept():
        while True:
            client, _ = server.accept()
            threading.Thread(target=sink.serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    if options.until_eof:
        sys.stdin.read()
    else:
        threading.Event().wait()


if __name__ == "__main__":
    main()
