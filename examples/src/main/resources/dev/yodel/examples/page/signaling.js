// How a page speaks with this server, and through it with the other side of a room.

/** A WebSocket to a path of this server whose messages are JSON and are handled one after the other. */
export class Signaling {
  constructor(path, { onOpen, onMessage, onFailure, onClose }) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}/${path}`);
    let incoming = Promise.resolve();
    this.socket.onopen = () => onOpen?.();
    this.socket.onmessage = (event) => {
      // One message after the other: a candidate must not overtake its description.
      incoming = incoming.then(() => onMessage(JSON.parse(event.data))).catch((error) => onFailure(String(error)));
    };
    this.socket.onerror = () => onFailure("the server refused");
    this.socket.onclose = () => onClose();
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  }

  /** Says goodbye; nothing more is told. */
  leave() {
    this.socket.onclose = null;
    this.socket.onerror = null;
    this.send({ leave: {} });
    this.socket.close();
  }
}

/**
 * A peer connection with whoever else is in a room, by the perfect-negotiation pattern of WebRTC 1.0. The page gives:
 * `prepare(pc, offers)`, called with each new connection, `answering(pc)` before an answer is made, `state(text, detail)`,
 * and `ended(reason)`.
 */
export class RoomPeer {
  constructor(room, page) {
    this.page = page;
    this.pc = null;
    this.polite = true;
    this.makingOffer = false;
    this.ignoreOffer = false;
    this.signaling = new Signaling(encodeURIComponent(room), {
      onMessage: (message) => this.receive(message),
      onFailure: (reason) => page.state("failed", reason),
      onClose: () => this.end("the signaling server closed the connection"),
    });
  }

  async receive(message) {
    if (message === null) {
      await this.pc?.addIceCandidate();
    } else if (message.joined) {
      this.page.state("waiting", `in room ${message.joined.room}`);
    } else if (message.peer) {
      this.drop();
      this.polite = message.peer.polite;
      if (message.peer.present) {
        this.connect();
      } else {
        this.page.state("waiting", "the other side has left");
      }
    } else if (message.type) {
      await this.describe(message);
    } else if (message.candidate !== undefined) {
      await this.candidate(message);
    } else if (message.error) {
      this.page.state("refused", message.error.message);
    }
  }

  connect() {
    const pc = new RTCPeerConnection();
    this.pc = pc;
    this.makingOffer = false;
    this.ignoreOffer = false;
    pc.onconnectionstatechange = () => this.page.state(pc.connectionState);
    pc.onicecandidate = ({ candidate }) => this.signaling.send(candidate);
    pc.onnegotiationneeded = async () => {
      if (this.polite && !pc.remoteDescription) {
        // The other side makes the first offer. Chromium that takes its own first offer back while it begins to gather
        // may never gather again, and an ICE restart does not help it.
        return;
      }
      try {
        this.makingOffer = true;
        await pc.setLocalDescription();
        this.signaling.send(pc.localDescription);
      } catch (error) {
        this.page.state("failed", String(error));
      } finally {
        this.makingOffer = false;
      }
    };
    this.page.prepare(pc, !this.polite);
  }

  async describe(description) {
    const pc = this.pc;
    if (!pc) {
      return;
    }
    const collision = description.type === "offer" && (this.makingOffer || pc.signalingState !== "stable");
    this.ignoreOffer = !this.polite && collision;
    if (this.ignoreOffer) {
      return;
    }
    await pc.setRemoteDescription(description);
    if (description.type === "offer") {
      this.page.answering?.(pc);
      await pc.setLocalDescription();
      this.signaling.send(pc.localDescription);
    }
  }

  async candidate(candidate) {
    try {
      await this.pc?.addIceCandidate(candidate);
    } catch (error) {
      if (!this.ignoreOffer) {
        throw error;
      }
    }
  }

  drop() {
    this.pc?.close();
    this.pc = null;
    this.page.dropped?.();
  }

  /** Leaves the room. */
  end(reason) {
    this.drop();
    this.signaling.leave();
    this.page.ended(reason);
  }
}
