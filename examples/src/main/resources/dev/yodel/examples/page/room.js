// A conference: one WebSocket and one connection to the server, which makes every offer. `window.room` is the one that is
// on, for the curious and for tests.
import { Figures, sums } from "./graph.js";
import { openPicture, openScreen, openVoice } from "./room-media.js";

const $ = (id) => document.getElementById(id);
// Else it is the field of that name.
window.room = null;
const RETRIES_MILLIS = [300, 1000, 2000, 4000, 8000];
const LAYER_BPS = { q: 150_000, h: 500_000, f: 1_700_000 };
const SCREEN_BPS = 2_500_000;

function say(words) {
  $("state").textContent = words;
}

/** One tile: somebody, or somebody's screen. All that others wrote is set as text, never as HTML. */
class Tile {
  constructor(key, name, mine) {
    this.key = key;
    this.element = document.createElement("div");
    this.element.className = "tile";
    this.element.setAttribute("role", "listitem");
    this.element.classList.toggle("screen", key.endsWith("/screen"));
    this.element.classList.toggle("large", key.endsWith("/screen"));
    this.element.classList.toggle("me", mine);
    this.element.dataset.key = key;
    this.initial = document.createElement("span");
    this.initial.className = "initial";
    this.initial.setAttribute("aria-hidden", "true");
    this.initial.textContent = [...name][0].toUpperCase();
    this.video = document.createElement("video");
    this.video.autoplay = true;
    this.video.playsInline = true;
    this.video.muted = true;
    this.video.hidden = true;
    this.who = document.createElement("span");
    this.who.className = "who";
    this.element.append(this.initial, this.video, this.who);
    $("tiles").append(this.element);
  }

  describe(name, audio, shows) {
    const screen = this.key.endsWith("/screen");
    this.who.textContent = screen ? `${name}: screen` : audio ? name : `${name} (muted)`;
    this.video.hidden = !(shows && this.video.srcObject);
    this.initial.hidden = !this.video.hidden;
  }

  /** Said in words too, for those who hear the page. */
  speaks(speaking) {
    this.element.classList.toggle("speaking", speaking);
    this.element.setAttribute("aria-label", speaking ? `${this.who.textContent}, speaking` : this.who.textContent);
  }

  show(track) {
    const now = this.video.srcObject?.getTracks()[0] ?? null;
    if (now !== track) {
      this.video.srcObject = track ? new MediaStream([track]) : null;
    }
  }

  remove() {
    this.element.remove();
  }
}

class RoomCall {
  constructor(room, name, key, voice, picture) {
    this.room = room;
    this.name = name;
    this.key = key;
    this.voice = voice;
    this.picture = picture;
    this.screen = null;
    this.voiceOn = voice !== null;
    this.id = null;
    this.token = null;
    this.pc = null;
    this.send = null;
    this.places = [];
    this.seats = [];
    this.members = new Map();
    this.tiles = new Map();
    this.speaker = null;
    this.left = false;
    this.attempts = 0;
    this.channel = null;
    this.view = "";
    this.sounds = new Map();
    this.figures = new Figures($("graphs"));
    this.joined = new Promise((done) => (this.onJoined = done));
    this.sizes = new ResizeObserver(() => this.look());
    this.sight = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        entry.target.dataset.sight = entry.isIntersecting ? "1" : "";
      }
      this.look();
    });
    this.timers = [setInterval(() => this.pc && this.figures.update(this.pc), 1000)];
    this.onVisibility = () => this.look();
    this.onOnline = () => this.tell({ restart: {} });
    document.addEventListener("visibilitychange", this.onVisibility);
    window.addEventListener("online", this.onOnline);
    this.open();
  }

  // The WebSocket.

  open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/room/${encodeURIComponent(this.room)}`);
    this.socket = socket;
    let incoming = Promise.resolve();
    socket.onopen = () => {
      const join = { name: this.name, key: this.key };
      if (this.token) {
        join.resume = this.token;
      }
      this.tell({ join });
    };
    socket.onmessage = (event) => {
      // One after the other: a candidate must not overtake its description.
      incoming = incoming
        .then(() => this.receive(JSON.parse(event.data)))
        .catch((error) => say(`failed: ${error.message ?? error}`));
    };
    socket.onclose = (event) => this.lost(event.reason);
  }

  tell(message) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  }

  lost(reason) {
    if (this.left) {
      return;
    }
    if (this.refusal || this.attempts >= RETRIES_MILLIS.length) {
      this.end(this.refusal ?? (reason || "the server cannot be reached"));
      return;
    }
    say("reconnecting");
    setTimeout(() => !this.left && this.open(), RETRIES_MILLIS[this.attempts++]);
  }

  async receive(message) {
    if (message === null) {
      await this.pc?.addIceCandidate();
    } else if (message.joined) {
      this.enter(message.joined);
    } else if (message.type === "offer") {
      await this.answer(message);
    } else if (message.candidate !== undefined) {
      await this.pc?.addIceCandidate(message);
    } else if (message.member) {
      this.members.set(message.member.id, message.member);
      this.show();
    } else if (message.gone) {
      this.members.delete(message.gone);
      this.show();
    } else if (message.seats) {
      this.seats = message.seats;
      this.show();
    } else if (message.speaker) {
      this.speaker = message.speaker;
      this.show();
    } else if (message.recording !== undefined) {
      this.recording(message.recording);
    } else if (message.draining) {
      say("the server will stop soon; it lets nobody in any more");
    } else if (message.error) {
      this.complain(message.error);
    }
  }

  complain({ code, message }) {
    if (code === "unknown-token") {
      // We were away for too long: come in as somebody new.
      this.token = null;
      this.pc?.close();
      this.pc = null;
      return;
    }
    if (["wrong-key", "room-full", "server-full", "draining"].includes(code)) {
      this.refusal = message;
    }
    say(message);
  }

  enter(joined) {
    const back = this.token === joined.token && this.pc !== null;
    this.id = joined.id;
    this.token = joined.token;
    this.attempts = 0;
    this.members = new Map(joined.members.map((member) => [member.id, member]));
    this.speaker = joined.speaker ?? null;
    $("record").hidden = !joined.mayRecord;
    this.recording(joined.recording);
    if (!back) {
      this.seats = [];
      this.connect(joined.iceServers);
    }
    this.view = "";
    this.publish();
    this.show();
    say("");
    this.onJoined();
  }

  // The connection.

  connect(iceServers) {
    this.pc?.close();
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.pc = pc;
    this.send = null;
    pc.onicecandidate = ({ candidate }) => this.tell(candidate);
    pc.onconnectionstatechange = () => {
      if (this.pc !== pc) {
        return;
      }
      say(pc.connectionState === "connected" ? "" : pc.connectionState);
      if (pc.connectionState === "failed") {
        this.tell({ restart: {} });
      }
    };
    pc.ondatachannel = ({ channel }) => {
      this.channel = channel;
      channel.onmessage = ({ data }) => this.heard(JSON.parse(data));
    };
  }

  transceiver(mid) {
    return this.pc.getTransceivers().find((one) => one.mid === mid);
  }

  async answer(offer) {
    const pc = this.pc;
    await pc.setRemoteDescription({ type: "offer", sdp: offer.sdp });
    this.places = offer.places;
    if (!this.send) {
      this.send = offer.send;
      // We always answer that we send, so that to switch the camera on later needs no negotiation.
      for (const [mid, track] of [
        [offer.send.audio, this.voice],
        [offer.send.camera, this.picture],
        [offer.send.screen, this.screen],
      ]) {
        const transceiver = this.transceiver(mid);
        transceiver.direction = "sendonly";
        await transceiver.sender.replaceTrack(track);
      }
    }
    await pc.setLocalDescription();
    this.tell({ type: "answer", sdp: pc.localDescription.sdp });
    await this.limit(offer.send.camera, LAYER_BPS);
    await this.limit(offer.send.screen, {});
    this.show();
  }

  /** What each layer may take; the browser has made one for each that the server asked for. */
  async limit(mid, bps) {
    const sender = this.transceiver(mid).sender;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings ?? []) {
      encoding.maxBitrate = bps[encoding.rid] ?? SCREEN_BPS;
    }
    await sender.setParameters(parameters).catch(() => {});
  }

  async replace(what, track) {
    if (this.send) {
      await this.transceiver(this.send[what]).sender.replaceTrack(track);
    }
    this.publish();
    this.show();
  }

  publish() {
    const publish = { audio: this.voiceOn, video: this.picture !== null, screen: this.screen !== null };
    this.tell({ publish });
    const me = this.members.get(this.id);
    if (me) {
      Object.assign(me, publish);
    }
    $("mic").setAttribute("aria-pressed", String(publish.audio));
    $("cam").setAttribute("aria-pressed", String(publish.video));
    $("share").setAttribute("aria-pressed", String(publish.screen));
  }

  // What is seen and heard.

  show() {
    if (!this.pc) {
      return;
    }
    const shown = new Map();
    shown.set(this.id, this.picture);
    if (this.screen) {
      shown.set(`${this.id}/screen`, this.screen);
    }
    this.places.forEach((place, i) => {
      const key = this.seats[i];
      this.listen(place.audio);
      if (key) {
        shown.set(key, this.transceiver(place.video)?.receiver.track ?? null);
      }
    });
    for (const member of this.members.values()) {
      // Who has no seat is still in the room.
      if (!shown.has(member.id)) {
        shown.set(member.id, null);
      }
    }
    for (const [key, tile] of this.tiles) {
      if (!shown.has(key) || !this.members.has(key.split("/")[0])) {
        this.sizes.unobserve(tile.element);
        this.sight.unobserve(tile.element);
        tile.remove();
        this.tiles.delete(key);
      }
    }
    for (const [key, track] of shown) {
      const [id, screen] = key.split("/");
      const member = this.members.get(id);
      if (!member || (screen && !member.screen)) {
        continue;
      }
      let tile = this.tiles.get(key);
      if (!tile) {
        tile = new Tile(key, member.name, id === this.id);
        this.tiles.set(key, tile);
        this.sizes.observe(tile.element);
        this.sight.observe(tile.element);
      }
      tile.show(track);
      tile.describe(id === this.id ? `${member.name} (you)` : member.name, member.audio, screen ? member.screen : member.video);
      // Who spoke last keeps the floor in silence; who is muted does not speak.
      tile.speaks(!screen && member.audio && id === this.speaker);
    }
    // As nearly square as can be, so that all are in sight as long as they can be.
    $("tiles").style.setProperty("--columns", Math.ceil(Math.sqrt(this.tiles.size)));
    $("tiles").style.setProperty("--columns-narrow", this.tiles.size > 2 ? 2 : 1);
    this.look();
  }

  /** Sound is played by an element for each place, whoever sits there. */
  listen(mid) {
    const track = this.transceiver(mid)?.receiver.track;
    if (track && this.sounds.get(mid)?.srcObject.getTracks()[0] !== track) {
      const audio = new Audio();
      audio.srcObject = new MediaStream([track]);
      audio.autoplay = true;
      audio.play().catch(() => say("click anywhere to hear the others"));
      this.sounds.set(mid, audio);
    }
  }

  /** Tells the server how large each tile is, so that it sends no more than can be seen. */
  look() {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => {
      const view = {};
      for (const [key, tile] of this.tiles) {
        if (!tile.element.classList.contains("me")) {
          const seen = document.visibilityState === "visible" && tile.element.dataset.sight;
          view[key] = seen ? Math.round(tile.element.clientHeight * devicePixelRatio) : 0;
        }
      }
      const text = JSON.stringify(view);
      if (text !== this.view && this.id) {
        this.view = text;
        this.tell({ view });
      }
    }, 150);
  }

  // Chat and recording.

  write(text) {
    if (this.channel?.readyState === "open") {
      this.channel.send(text);
      line("mine", `You: ${text}`);
      return true;
    }
    return false;
  }

  heard({ name, text }) {
    line("theirs", `${name}: ${text}`);
    if ($("side").hidden) {
      toggle("chat", "side", true);
    }
  }

  recording(on) {
    $("recording").hidden = !on;
    $("record").setAttribute("aria-pressed", String(on));
  }

  // Controls.

  async mic() {
    if (!this.voice) {
      this.voice = await openVoice("microphone");
      await this.replace("audio", this.voice);
    }
    this.voiceOn = !this.voiceOn;
    this.voice.enabled = this.voiceOn;
    this.publish();
    this.show();
  }

  async cam() {
    if (this.picture) {
      const before = this.picture;
      this.picture = null;
      await this.replace("camera", null);
      before.stop();
    } else {
      this.picture = await openPicture($("picture").value === "none" ? "camera" : $("picture").value, { label: this.name });
      await this.replace("camera", this.picture);
    }
  }

  async share(open = openScreen) {
    if (this.screen) {
      const before = this.screen;
      this.screen = null;
      await this.replace("screen", null);
      before.stop();
      return;
    }
    this.screen = await open();
    this.screen.onended = () => this.screen && this.share();
    await this.replace("screen", this.screen);
  }

  figuresNow() {
    return sums(this.pc);
  }

  end(reason) {
    if (this.left) {
      return;
    }
    this.left = true;
    this.tell({ leave: {} });
    this.socket.onclose = null;
    this.socket.close();
    this.pc?.close();
    this.timers.forEach(clearInterval);
    document.removeEventListener("visibilitychange", this.onVisibility);
    window.removeEventListener("online", this.onOnline);
    this.sizes.disconnect();
    this.sight.disconnect();
    this.tiles.forEach((tile) => tile.remove());
    for (const track of [this.voice, this.picture, this.screen]) {
      track?.stop();
    }
    window.room = null;
    $("conference").hidden = true;
    $("lobby").hidden = false;
    $("lobby-state").textContent = reason;
    $("enter").disabled = false;
    $("enter").focus();
    this.onJoined();
  }
}

function line(who, words) {
  const item = document.createElement("li");
  item.className = who;
  item.textContent = words;
  $("lines").append(item);
  item.scrollIntoView({ block: "nearest" });
}

function toggle(button, panel, open = $(panel).hidden) {
  $(panel).hidden = !open;
  $(button).setAttribute("aria-expanded", String(open));
  window.room?.look();
}

/** Escape closes a panel, and the keyboard is where it was opened. */
function closePanels() {
  for (const [button, panel] of [
    ["chat", "side"],
    ["numbers", "figures"],
  ]) {
    if (!$(panel).hidden) {
      toggle(button, panel, false);
      $(button).focus();
    }
  }
}

/** Opens a source, or says why it cannot be opened and goes on without. */
async function attempt(open, what) {
  try {
    return await open();
  } catch (error) {
    $("lobby-state").textContent = `no ${what}: ${error.message}`;
    return null;
  }
}

/** Joins; `options` are those of the pattern, and the tone's frequency. */
export async function join(options = {}) {
  const room = $("room").value;
  $("enter").disabled = true;
  const label = $("name").value;
  const voice = await attempt(() => openVoice($("source").value, options.frequency), "sound");
  const picture = await attempt(() => openPicture($("picture").value, { label, ...options }), "picture");
  $("title").textContent = room;
  $("conference").dataset.picture = $("picture").value === "pattern" ? "pattern" : "camera";
  $("lines").replaceChildren();
  $("lobby").hidden = true;
  $("conference").hidden = false;
  $("title").focus();
  say("joining");
  const link = new URL(location.href);
  link.search = `?room=${encodeURIComponent(room)}`;
  // The key stands behind the #, where no server and no log sees it.
  link.hash = $("key").value ? `key=${encodeURIComponent($("key").value)}` : "";
  history.replaceState(null, "", link);
  window.room = new RoomCall(room, label, $("key").value, voice, picture);
  await window.room.joined;
}

function attend(id, action) {
  $(id).onclick = () => Promise.resolve(action()).catch((error) => say(String(error.message ?? error)));
}

$("room").value = new URLSearchParams(location.search).get("room") ?? `room-${Math.random().toString(36).slice(2, 8)}`;
const readKey = () => ($("key").value = new URLSearchParams(location.hash.slice(1)).get("key") ?? "");
readKey();
// Another link to the same room, pasted here, loads nothing anew.
window.addEventListener("hashchange", readKey);
$("name").value = localStorage.getItem("name") ?? "";
$("name").focus();
$("join").onsubmit = (event) => {
  event.preventDefault();
  localStorage.setItem("name", $("name").value);
  join();
};
$("write").onsubmit = (event) => {
  event.preventDefault();
  if ($("text").value && window.room?.write($("text").value)) {
    $("text").value = "";
  }
};
attend("mic", () => window.room?.mic());
attend("cam", () => window.room?.cam());
attend("share", () => window.room?.share());
attend("leave", () => window.room?.end("you left"));
attend("record", () => window.room?.tell({ record: { on: $("recording").hidden } }));
attend("chat", () => {
  toggle("chat", "side");
  if (!$("side").hidden) {
    $("text").focus();
  }
});
attend("numbers", () => toggle("numbers", "figures"));
attend("link", async () => {
  await navigator.clipboard.writeText(location.href);
  say("the link is copied");
});
// A telephone's browser has no screen to share.
$("share").hidden = !navigator.mediaDevices?.getDisplayMedia;
$("conference").onkeydown = ({ key }) => {
  if (key === "Escape") {
    closePanels();
  }
};
document.addEventListener("click", () => window.room?.sounds.forEach((audio) => audio.play().catch(() => {})));
window.addEventListener("pagehide", () => window.room?.tell({ leave: {} }));
window.joinRoom = join;
