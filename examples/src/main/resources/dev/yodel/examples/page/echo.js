// A call to the echo bot. The open call is `window.echoCall`, for the curious and for tests.
import { CallMonitor, openSource, say } from "./media.js";
import { paintPattern } from "./pattern.js";
import { Signaling } from "./signaling.js";

const $ = (id) => document.getElementById(id);

/** A stream with a picture, or null; `kind` is none, camera or pattern. */
async function openPicture(kind) {
  if (kind === "camera") {
    return navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 } });
  }
  if (kind !== "pattern") {
    return null;
  }
  return paintPattern();
}

class EchoCall {
  constructor(source, picture, botOffers) {
    this.source = source;
    this.picture = picture;
    this.botOffers = botOffers;
    this.monitor = new CallMonitor(source);
    this.pc = new RTCPeerConnection();
    this.monitor.watch(this.pc);
    this.pc.onconnectionstatechange = () => this.onState();
    this.pc.onicecandidate = ({ candidate }) => this.signaling.send(candidate);
    this.pc.ontrack = ({ track }) => this.play(track);
    this.signaling = new Signaling(botOffers ? "bot?offer=bot" : "bot", {
      onOpen: () => this.start().catch((error) => this.end(String(error))),
      onMessage: (message) => this.receive(message),
      onFailure: (reason) => this.end(reason),
      onClose: () => this.end("the bot hung up"),
    });
  }

  /** What is heard, null until the bot's track has come. */
  get heard() {
    return this.monitor.heard;
  }

  play(track) {
    if (track.kind === "video") {
      $("video").srcObject = new MediaStream([track]);
      $("video").hidden = this.picture === null;
    } else {
      this.monitor.play(track);
    }
  }

  /** What is written goes to the bot on this channel, and comes back. */
  talk(channel) {
    this.channel = channel;
    const opened = () => ($("text").disabled = false);
    channel.onopen = opened;
    channel.onclose = () => ($("text").disabled = true);
    channel.onmessage = ({ data }) => {
      const line = document.createElement("li");
      line.textContent = data;
      $("texts").append(line);
    };
    if (channel.readyState === "open") {
      opened();
    }
  }

  addTracks() {
    for (const track of this.source.stream.getTracks()) {
      this.pc.addTrack(track, this.source.stream);
    }
    for (const track of this.picture?.getTracks() ?? []) {
      // In the stream of the sound, so that both stay together.
      this.pc.addTrack(track, this.source.stream);
    }
  }

  async start() {
    say("calling", `sending ${this.source.kind}`);
    if (!this.botOffers) {
      this.addTracks();
      this.talk(this.pc.createDataChannel("echo"));
      await this.describe();
    }
  }

  async describe() {
    await this.pc.setLocalDescription();
    this.signaling.send(this.pc.localDescription);
  }

  async receive(message) {
    if (message === null) {
      await this.pc.addIceCandidate();
    } else if (message.type) {
      await this.pc.setRemoteDescription(message);
      if (message.type === "offer") {
        this.addTracks();
        await this.describe();
      }
    } else if (message.candidate !== undefined) {
      await this.pc.addIceCandidate(message);
    } else if (message.error) {
      this.end(message.error.message);
    }
  }

  onState() {
    const state = this.pc.connectionState;
    say(state, `sending ${this.source.kind}`);
    if (state === "failed") {
      this.end("no path to the bot was found");
    }
  }

  end(reason) {
    if (window.echoCall !== this) {
      return;
    }
    window.echoCall = null;
    this.pc.close();
    this.signaling.leave();
    this.monitor.stop();
    for (const track of this.picture?.getTracks() ?? []) {
      track.stop();
    }
    $("video").srcObject = null;
    $("video").hidden = true;
    $("text").disabled = true;
    $("call").disabled = false;
    $("hangup").disabled = true;
    say("not in a call", reason);
  }
}

/** Begins a call; `frequency` is that of the tone. */
export async function call(frequency = 440) {
  $("call").disabled = true;
  try {
    const source = await openSource($("source").value, frequency);
    const picture = await openPicture($("picture").value);
    window.echoCall = new EchoCall(source, picture, $("offers").value === "bot");
    $("hangup").disabled = false;
  } catch (error) {
    $("call").disabled = false;
    say("failed", String(error));
  }
}

$("write").onsubmit = (event) => {
  event.preventDefault();
  window.echoCall?.channel?.send($("text").value);
  $("text").value = "";
};
$("call").onclick = () => call();
$("hangup").onclick = () => window.echoCall?.end("you hung up");
