// A chat for two: a data channel with a number that both sides know, found through the signaling server's room.
const $ = (id) => document.getElementById(id);
let chat = null;

function say(state) {
  $("state").textContent = state;
}

function show(who, words) {
  const line = document.createElement("li");
  line.className = who;
  // Text, never HTML: nothing that the other side writes is run.
  line.textContent = (who === "mine" ? "You: " : "Other: ") + words;
  $("lines").append(line);
  line.scrollIntoView({ block: "nearest" });
}

function writable(open) {
  $("text").disabled = !open;
  $("send").disabled = !open;
  if (open) {
    $("text").focus();
  }
}

class Chat {
  constructor(socket) {
    this.socket = socket;
    this.pc = null;
    this.channel = null;
    this.polite = true;
    this.incoming = Promise.resolve();
    socket.onmessage = (event) => {
      // One message after the other: a candidate must not overtake its description.
      this.incoming = this.incoming
        .then(() => this.receive(JSON.parse(event.data)))
        .catch((error) => say(`failed: ${error}`));
    };
    socket.onclose = () => this.end("the signaling server closed the connection");
  }

  tell(message) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  }

  async receive(message) {
    if (message === null) {
      await this.pc?.addIceCandidate();
    } else if (message.joined) {
      say(`waiting in room ${message.joined.room}`);
    } else if (message.peer) {
      this.drop();
      if (message.peer.present) {
        this.connect(message.peer.polite);
      } else {
        say("the other side has left");
      }
    } else if (message.type) {
      await this.describe(message);
    } else if (message.candidate !== undefined) {
      try {
        await this.pc?.addIceCandidate(message);
      } catch (error) {
        if (!this.ignoring) {
          throw error;
        }
      }
    } else if (message.error) {
      say(`refused: ${message.error.message}`);
    }
  }

  connect(polite) {
    const pc = new RTCPeerConnection();
    this.pc = pc;
    this.polite = polite;
    this.making = false;
    this.ignoring = false;
    pc.onnegotiationneeded = async () => {
      try {
        this.making = true;
        await pc.setLocalDescription();
        this.tell(pc.localDescription);
      } finally {
        this.making = false;
      }
    };
    pc.onicecandidate = (event) => this.tell(event.candidate);
    pc.onconnectionstatechange = () => say(pc.connectionState);
    this.channel = pc.createDataChannel("chat", { negotiated: true, id: 0 });
    this.channel.onopen = () => writable(true);
    this.channel.onclose = () => writable(false);
    this.channel.onmessage = (event) => show("theirs", event.data);
  }

  async describe(description) {
    const pc = this.pc;
    if (!pc) {
      return;
    }
    const collision = description.type === "offer" && (this.making || pc.signalingState !== "stable");
    this.ignoring = !this.polite && collision;
    if (this.ignoring) {
      return;
    }
    await pc.setRemoteDescription(description);
    if (description.type === "offer") {
      await pc.setLocalDescription();
      this.tell(pc.localDescription);
    }
  }

  drop() {
    writable(false);
    this.pc?.close();
    this.pc = null;
  }

  end(reason) {
    this.drop();
    this.socket.onclose = null;
    this.socket.close();
    chat = null;
    $("join").disabled = false;
    $("leave").disabled = true;
    say(reason);
  }
}

function join() {
  const room = $("room").value;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(room)) {
    say("a room's name has letters, digits, dots, dashes and underscores");
    return;
  }
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  chat = new Chat(new WebSocket(`${scheme}://${location.host}/${room}`));
  $("join").disabled = true;
  $("leave").disabled = false;
  say("joining");
}

$("join").onclick = join;
$("leave").onclick = () => chat?.end("not in a room");
$("form").onsubmit = (event) => {
  event.preventDefault();
  const words = $("text").value;
  if (words && chat?.channel?.readyState === "open") {
    chat.channel.send(words);
    show("mine", words);
    $("text").value = "";
  }
};
window.yodelChat = { join, get chat() { return chat; } };
