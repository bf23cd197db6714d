// A call for two through the signaling server.
import { CallMonitor, openSource, say } from "./media.js";
import { RoomPeer } from "./signaling.js";

const $ = (id) => document.getElementById(id);
let call = null;

class Call {
  constructor(source, room) {
    this.source = source;
    this.monitor = new CallMonitor(source);
    this.peer = new RoomPeer(room, this);
  }

  state(state, detail = "") {
    say(state, detail ? `${detail}, sending ${this.source.kind}` : `sending ${this.source.kind}`);
  }

  prepare(pc, offers) {
    this.monitor.watch(pc);
    pc.ontrack = ({ track }) => this.monitor.play(track);
    if (offers) {
      this.addTracks(pc);
    }
  }

  answering(pc) {
    if (pc.getSenders().every((sender) => sender.track === null)) {
      this.addTracks(pc);
    }
  }

  addTracks(pc) {
    for (const track of this.source.stream.getTracks()) {
      pc.addTrack(track, this.source.stream);
    }
  }

  dropped() {
    this.monitor.watch(null);
  }

  ended(reason) {
    this.monitor.stop();
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
    call = new Call(source, $("room").value);
    $("hangup").disabled = false;
  } catch (error) {
    $("call").disabled = false;
    say("failed", String(error));
  }
};
$("hangup").onclick = () => call?.peer.end("you hung up");
