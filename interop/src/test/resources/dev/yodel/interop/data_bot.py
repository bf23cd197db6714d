"""The data bot on aiortc; see data_bot.js for what a channel's label means.

Descriptions go in and come out as JSON, one a line; {"offer": 1} asks for an offer.
"""
import asyncio
import hashlib
import json
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

ROOM = 1 << 20


class Bot:
    def __init__(self):
        # The default configuration asks a public STUN server.
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.channels = {}
        self.pc.on("datachannel", self.serve)

    def create(self, label, init):
        self.serve(self.pc.createDataChannel(
            label,
            ordered=init.get("ordered", True),
            maxRetransmits=init.get("maxRetransmits"),
            maxPacketLifeTime=init.get("maxPacketLifeTime"),
            protocol=init.get("protocol", ""),
        ))

    def command(self, line):
        verb, rest = line.split(" ", 1)
        if verb == "open":
            wanted = json.loads(rest)
            self.create(wanted["label"], wanted["init"])
        elif verb == "close":
            self.channels[rest].close()

    def serve(self, channel):
        self.channels[channel.label] = channel
        kind, *args = channel.label.split(" ")
        digest = hashlib.sha256()
        seen = {"bytes": 0, "messages": 0}

        @channel.on("message")
        def on_message(data):
            text = isinstance(data, str)
            if kind == "control" and text:
                self.command(data)
            elif kind == "echo":
                channel.send(data)
            elif kind == "close":
                channel.close()
            elif kind == "sink" and text and data == "end":
                channel.send("sha256 %s %d %d" % (digest.hexdigest(), seen["bytes"], seen["messages"]))
            elif kind == "sink" and not text:
                digest.update(data)
                seen["bytes"] += len(data)
                seen["messages"] += 1

        def opened():
            if kind == "attributes":
                channel.send(json.dumps({
                    "label": channel.label, "ordered": channel.ordered, "maxRetransmits": channel.maxRetransmits,
                    "maxPacketLifeTime": channel.maxPacketLifeTime, "protocol": channel.protocol, "id": channel.id}))
            elif kind == "source":
                asyncio.ensure_future(self.source(channel, int(args[0]), int(args[1])))

        if channel.readyState == "open":
            opened()
        else:
            channel.on("open", opened)

    async def source(self, channel, total, size):
        digest = hashlib.sha256()
        low = asyncio.Event()
        channel.bufferedAmountLowThreshold = ROOM // 2
        channel.on("bufferedamountlow", low.set)
        sent = messages = 0
        while sent < total:
            piece = bytes((sent + messages * 7 + i) & 0xFF for i in range(256)) * (size // 256 + 1)
            piece = piece[:min(size, total - sent)]
            digest.update(piece)
            while channel.bufferedAmount > ROOM:
                low.clear()
                await low.wait()
            channel.send(piece)
            sent += len(piece)
            messages += 1
        channel.send("sha256 %s %d %d" % (digest.hexdigest(), total, messages))


async def main():
    loop = asyncio.get_event_loop()
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    bot = Bot()

    def describe():
        local = bot.pc.localDescription
        print(json.dumps({"type": local.type, "sdp": local.sdp}), flush=True)

    while True:
        line = await reader.readline()
        if not line:
            break
        message = json.loads(line)
        if "offer" in message:
            bot.create("control", {})
            await bot.pc.setLocalDescription(await bot.pc.createOffer())
            describe()
            continue
        await bot.pc.setRemoteDescription(RTCSessionDescription(message["sdp"], message["type"]))
        if message["type"] == "offer":
            await bot.pc.setLocalDescription(await bot.pc.createAnswer())
            describe()
    await bot.pc.close()


asyncio.run(main())
