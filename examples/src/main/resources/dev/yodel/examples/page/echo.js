// A call to the echo bot. The open call is `window.echoCall`, for the curious and for tests.
import { CallMonitor, openPicture, openSource, say, showPicture } from "./media.js";
import { Signaling } from "./signaling.js";

const $ = (id) => document.getElementById(id);

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
      showPicture(track);
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
      if (this.picture === null) {
        // The bot may have something to show.
        this.pc.addTransceiver("video", { direction: "recvonly" });
      }
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
    showPicture(null);
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
