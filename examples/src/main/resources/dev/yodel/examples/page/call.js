// A call for two through the signaling server. The open call is `window.roomCall`, for the curious and for tests.
import { CallMonitor, openPicture, openSource, say, showPicture } from "./media.js";
import { RoomPeer } from "./signaling.js";

const $ = (id) => document.getElementById(id);
window.roomCall = null;

class Call {
  constructor(source, picture, room) {
    this.source = source;
    this.picture = picture;
    this.monitor = new CallMonitor(source);
    this.peer = new RoomPeer(room, this);
  }

  state(state, detail = "") {
    say(state, detail ? `${detail}, sending ${this.source.kind}` : `sending ${this.source.kind}`);
  }

  prepare(pc, offers) {
    this.monitor.watch(pc);
    pc.ontrack = ({ track }) => (track.kind === "video" ? showPicture(track) : this.monitor.play(track));
    if (offers) {
      this.addTracks(pc);
      if (this.picture === null) {
        // The other side may have something to show.
        pc.addTransceiver("video", { direction: "recvonly" });
      }
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
    for (const track of this.picture?.getTracks() ?? []) {
      // In the stream of the sound, so that both stay together.
      pc.addTrack(track, this.source.stream);
    }
  }

  dropped() {
    showPicture(null);
    this.monitor.watch(null);
  }

  ended(reason) {
    this.monitor.stop();
    for (const track of this.picture?.getTracks() ?? []) {
      track.stop();
    }
    window.roomCall = null;
    $("call").disabled = false;
    $("hangup").disabled = true;
    say("not in a call", reason);
  }
}

$("call").onclick = async () => {
  $("call").disabled = true;
  try {
    const source = await openSource($("source").value, 440);
    const picture = await openPicture($("picture").value);
    window.roomCall = new Call(source, picture, $("room").value);
    $("hangup").disabled = false;
  } catch (error) {
    $("call").disabled = false;
    say("failed", String(error));
  }
};
$("hangup").onclick = () => window.roomCall?.peer.end("you hung up");
