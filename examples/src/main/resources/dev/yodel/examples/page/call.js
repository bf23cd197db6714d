// A call for two through the signaling server, by the perfect-negotiation pattern of WebRTC 1.0.
import { figures, measure, openSource, showFigures, showLevel } from "./media.js";

const $ = (id) => document.getElementById(id);
let call = null;

function say(state, detail = "") {
  $("state").textContent = state;
  $("detail").textContent = detail;
}

class Call {
  constructor(source, socket) {
    this.source = source;
    this.socket = socket;
    this.polite = true;
    this.pc = null;
    this.before = {};
    this.beforeAt = 0;
    this.meters = { sent: measure(source.context, source.stream), heard: null };
    this.incoming = Promise.resolve();
    socket.onmessage = (event) => {
      // One message after the other: a candidate must not overtake its description.
      this.incoming = this.incoming.then(() => this.receive(JSON.parse(event.data))).catch((error) => say("failed", String(error)));
    };
    socket.onclose = () => this.end("the signaling server closed the connection");
    this.timer = setInterval(() => this.show(), 100);
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  }

  async receive(message) {
    if (message === null) {
      await this.pc?.addIceCandidate();
    } else if (message.joined) {
      this.polite = message.joined.polite;
      say("waiting", `in room ${message.joined.room}, sending ${this.source.kind}`);
    } else if (message.peer) {
      this.polite = message.peer.polite;
      if (message.peer.present) {
        this.connect(!this.polite);
      } else {
        this.pc?.close();
        this.pc = null;
        this.meters.heard = null;
        say("waiting", "the other side has left");
      }
    } else if (message.type) {
      await this.describe(message);
    } else if (message.candidate !== undefined) {
      await this.candidate(message);
    } else if (message.error) {
      say("refused", message.error.message);
    }
  }

  connect(offers) {
    const pc = new RTCPeerConnection();
    this.pc = pc;
    this.makingOffer = false;
    this.ignoreOffer = false;
    pc.onconnectionstatechange = () => say(pc.connectionState, this.source.kind);
    pc.onicecandidate = ({ candidate }) => this.send(candidate);
    pc.ontrack = ({ track }) => {
      const stream = new MediaStream([track]);
      $("audio").srcObject = stream;
      this.meters.heard = measure(this.source.context, stream);
    };
    pc.onnegotiationneeded = async () => {
      try {
        this.makingOffer = true;
        await pc.setLocalDescription();
        this.send(pc.localDescription);
      } catch (error) {
        say("failed", String(error));
      } finally {
        this.makingOffer = false;
      }
    };
    if (offers) {
      this.addTracks();
    }
  }

  addTracks() {
    for (const track of this.source.stream.getTracks()) {
      this.pc.addTrack(track, this.source.stream);
    }
  }

  async describe(description) {
    const pc = this.pc;
    const collision = description.type === "offer" && (this.makingOffer || pc.signalingState !== "stable");
    this.ignoreOffer = !this.polite && collision;
    if (this.ignoreOffer) {
      return;
    }
    await pc.setRemoteDescription(description);
    if (description.type === "offer") {
      if (pc.getSenders().every((sender) => sender.track === null)) {
        this.addTracks();
      }
      await pc.setLocalDescription();
      this.send(pc.localDescription);
    }
  }

  async candidate(candidate) {
    try {
      await this.pc.addIceCandidate(candidate);
    } catch (error) {
      if (!this.ignoreOffer) {
        throw error;
      }
    }
  }

  async show() {
    showLevel("sent", this.meters.sent.level());
    showLevel("heard", this.meters.heard ? this.meters.heard.level() : 0);
    const now = performance.now();
    if (this.pc && now - this.beforeAt >= 1000) {
      const seconds = (now - this.beforeAt) / 1000;
      this.beforeAt = now;
      const after = await figures(this.pc);
      showFigures(after, this.before, seconds);
      this.before = after;
    }
  }

  end(reason) {
    clearInterval(this.timer);
    this.pc?.close();
    this.socket.onclose = null;
    this.send({ leave: {} });
    this.socket.close();
    for (const track of this.source.stream.getTracks()) {
      track.stop();
    }
    this.source.context.close();
    call = null;
    $("call").disabled = false;
    $("hangup").disabled = true;
    say("not in a call", reason);
  }
}

$("call").onclick = async () => {
  $("call").disabled = true;
  try {
    const source = await openSource($("source").value, 440);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/${encodeURIComponent($("room").value)}`);
    socket.onerror = () => say("failed", "the signaling server refused");
    call = new Call(source, socket);
    $("hangup").disabled = false;
  } catch (error) {
    $("call").disabled = false;
    say("failed", String(error));
  }
};
$("hangup").onclick = () => call?.end("you hung up");
