"""An aiortc peer for the tests: JSON lines on standard input and output.

Arguments: "offer" or "answer", the frequency of the tone it sends, and "video" if it is to send pictures too. It says
its description with all candidates, its connection state, each second the strongest frequency of what it hears, and
every tenth picture that it sees. {"bye": 1} or the end of the input makes it hang up.
"""
import asyncio
import fractions
import json
import sys

import numpy
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from av import AudioFrame

RATE = 48000
SAMPLES = 960


def say(**message):
    print(json.dumps(message), flush=True)


class Tone(AudioStreamTrack):
    def __init__(self, hertz):
        super().__init__()
        self.hertz = hertz
        self.position = 0
        self.start = None

    async def recv(self):
        loop = asyncio.get_event_loop()
        if self.start is None:
            self.start = loop.time()
        wait = self.start + self.position / RATE - loop.time()
        if wait > 0:
            await asyncio.sleep(wait)
        times = numpy.arange(self.position, self.position + SAMPLES) / RATE
        pcm = (numpy.sin(2 * numpy.pi * self.hertz * times) * 9000).astype(numpy.int16)
        frame = AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        frame.planes[0].update(pcm.tobytes())
        frame.sample_rate = RATE
        frame.pts = self.position
        frame.time_base = fractions.Fraction(1, RATE)
        self.position += SAMPLES
        return frame


async def listen(track):
    heard = numpy.zeros(0)
    while True:
        try:
            frame = await track.recv()
        except MediaStreamError:
            say(ended=True)
            return
        samples = frame.to_ndarray().astype(float).reshape(-1)[:: len(frame.layout.channels)]
        heard = numpy.concatenate([heard, samples])
        if len(heard) >= frame.sample_rate:
            spectrum = numpy.abs(numpy.fft.rfft(heard * numpy.hanning(len(heard))))
            peak = int(numpy.argmax(spectrum))
            level = float(numpy.sqrt(numpy.mean(heard**2)))
            say(hertz=peak * frame.sample_rate / len(heard), level=level)
            heard = numpy.zeros(0)


async def watch(track):
    count = 0
    while True:
        try:
            frame = await track.recv()
        except MediaStreamError:
            return
        count += 1
        if count % 10 == 0:
            say(frames=count, width=frame.width)


async def main():
    role, hertz = sys.argv[1], float(sys.argv[2])
    loop = asyncio.get_event_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    # The default configuration asks a public STUN server.
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    tracks = [Tone(hertz)]
    if "video" in sys.argv[3:]:
        tracks.append(VideoStreamTrack())

    @pc.on("connectionstatechange")
    def on_state():
        say(state=pc.connectionState)

    @pc.on("track")
    def on_track(track):
        asyncio.ensure_future(listen(track) if track.kind == "audio" else watch(track))

    def describe():
        say(type=pc.localDescription.type, sdp=pc.localDescription.sdp)

    if role == "offer":
        for track in tracks:
            pc.addTrack(track)
        await pc.setLocalDescription(await pc.createOffer())
        describe()
    while True:
        line = await reader.readline()
        message = json.loads(line) if line else {"bye": 1}
        if "bye" in message:
            break
        if "type" in message:
            await pc.setRemoteDescription(RTCSessionDescription(message["sdp"], message["type"]))
            if message["type"] == "offer":
                for track in tracks:
                    pc.addTrack(track)
                await pc.setLocalDescription(await pc.createAnswer())
                describe()
    await pc.close()


asyncio.run(main())
