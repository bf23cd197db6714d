// A chat for two: a data channel with a number that both sides know, found through the signaling server's room.
import { RoomPeer } from "./signaling.js";

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
  constructor(room) {
    this.channel = null;
    this.peer = new RoomPeer(room, this);
  }

  state(state, detail = "") {
    say(detail ? `${state}: ${detail}` : state);
  }

  prepare(pc) {
    this.channel = pc.createDataChannel("chat", { negotiated: true, id: 0 });
    this.channel.onopen = () => writable(true);
    this.channel.onclose = () => writable(false);
    this.channel.onmessage = (event) => show("theirs", event.data);
  }

  dropped() {
    writable(false);
  }

  ended(reason) {
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
  chat = new Chat(room);
  $("join").disabled = true;
  $("leave").disabled = false;
  say("joining");
}

$("join").onclick = join;
$("leave").onclick = () => chat?.peer.end("not in a room");
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
