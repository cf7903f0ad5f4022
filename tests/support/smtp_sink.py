"""A real SMTP server that keeps what it is given: for tests.

Usage: python smtp_sink.py FOLDER

Listens on a free port of 127.0.0.1 and prints "ready PORT" when it does. Each message becomes
two files in FOLDER, numbered in order of arrival: 0001.eml, the bytes as received, and
0001.json, the same decoded: mail_from, rcpt_tos, message_id, from, to, subject, text. The
.json file appears last and whole, so its presence means that the message is complete.

A receiver whose local part is "gone" is refused for good (550), one whose local part is
"busy" for now (450). The server ends with the process that started it.
"""

import asyncio
import email
import email.policy
import json
import os
import pathlib
import sys

from aiosmtpd.smtp import SMTP

REFUSALS = {"gone": "550 5.1.1 no such mailbox", "busy": "450 4.2.1 try again later"}


class Sink:
    """Writes each message into the folder."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        refusal = REFUSALS.get(address.partition("@")[0])
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.count += 1
        stem = self.folder / f"{self.count:04}"
        stem.with_suffix(".eml").write_bytes(envelope.original_content)
        message = email.message_from_bytes(
            envelope.original_content, policy=email.policy.default
        )
        decoded = {
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "message_id": str(message["message-id"]),
            "from": str(message["from"]),
            "to": str(message["to"]),
            "subject": str(message["subject"]),
            "text": message.get_content(),
        }
        part = stem.with_suffix(".part")
        part.write_text(json.dumps(decoded, ensure_ascii=False), encoding="utf-8")
        part.rename(stem.with_suffix(".json"))
        return "250 OK"


async def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    sink = Sink(folder)
    parent = os.getppid()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(sink, hostname="sink.test", enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    while os.getppid() == parent:
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    asyncio.run(main())
