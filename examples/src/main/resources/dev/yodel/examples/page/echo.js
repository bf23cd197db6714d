// A call to the echo bot. The open call is `window.echoCall`, for the curious and for tests.
import { figures, measure, openSource, showFigures, showLevel } from "./media.js";

const $ = (id) => document.getElementById(id);

function say(state, detail = "") {
  $("state").textContent = state;
  $("detail").textContent = detail;
}

class EchoCall {
  constructor(source, botOffers) {
    this.source = source;
    this.botOffers = botOffers;
    this.sent = measure(source.context, source.stream);
    this.heard = null;
    this.before = {};
    this.beforeAt = 0;
    this.incoming = Promise.resolve();
    this.pc = new RTCPeerConnection();
    this.pc.onconnectionstatechange = () => this.onState();
    this.pc.onicecandidate = ({ candidate }) => this.send(candidate);
    this.pc.ontrack = ({ track }) => {
      const stream = new MediaStream([track]);
      $("audio").srcObject = stream;
      this.heard = measure(source.context, stream);
    };
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}/bot${botOffers ? "?offer=bot" : ""}`);
    this.socket.onopen = () => this.start().catch((error) => this.end(String(error)));
    this.socket.onmessage = (event) => {
      // One message after the other: a candidate must not overtake its description.
      this.incoming = this.incoming
        .then(() => this.receive(JSON.parse(event.data)))
        .catch((error) => this.end(String(error)));
    };
    this.socket.onclose = () => this.end("the bot hung up");
    this.timer = setInterval(() => this.show(), 100);
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  }

  addTracks() {
    for (const track of this.source.stream.getTracks()) {
      this.pc.addTrack(track, this.source.stream);
    }
  }

  async start() {
    say("calling", `sending ${this.source.kind}`);
    if (!this.botOffers) {
      this.addTracks();
      await this.pc.setLocalDescription();
      this.send(this.pc.localDescription);
    }
  }

  async receive(message) {
    if (message === null) {
      await this.pc.addIceCandidate();
    } else if (message.type) {
      await this.pc.setRemoteDescription(message);
      if (message.type === "offer") {
        this.addTracks();
        await this.pc.setLocalDescription();
        this.send(this.pc.localDescription);
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

  async show() {
    showLevel("sent", this.sent.level());
    showLevel("heard", this.heard ? this.heard.level() : 0);
    const now = performance.now();
    if (now - this.beforeAt >= 1000) {
      const seconds = (now - this.beforeAt) / 1000;
      this.beforeAt = now;
      const after = await figures(this.pc);
      showFigures(after, this.before, seconds);
      this.before = after;
    }
  }

  end(reason) {
    if (window.echoCall !== this) {
      return;
    }
    window.echoCall = null;
    clearInterval(this.timer);
    this.pc.close();
    this.send({ leave: {} });
    this.socket.close();
    for (const track of this.source.stream.getTracks()) {
      track.stop();
    }
    this.source.context.close();
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
    window.echoCall = new EchoCall(source, $("offers").value === "bot");
    $("hangup").disabled = false;
  } catch (error) {
    $("call").disabled = false;
    say("failed", String(error));
  }
}

$("call").onclick = () => call();
$("hangup").onclick = () => window.echoCall?.end("you hung up");
