// What the pages of calls share: the microphone or a tone, camera and picture, and the panel with state, levels and figures.
import { Figures } from "./graph.js";
import { paintPattern } from "./pattern.js";

/** Opens the microphone, or makes a tone of `frequency` Hz where there is none or `source` asks for it. */
export async function openSource(source, frequency) {
  const context = new AudioContext();
  // Not awaited: without an audio device some browsers never settle it, and the call is worth more than the meters.
  context.resume();
  if (source === "tone") {
    return { context, stream: toneStream(context, frequency), kind: `a tone of ${frequency} Hz` };
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    return { context, stream, kind: "the microphone" };
  } catch (error) {
    return {
      context,
      stream: toneStream(context, frequency),
      kind: `a tone of ${frequency} Hz (no microphone: ${error.name})`,
    };
  }
}

/** A stream with a picture, or null; `kind` is none, camera or pattern. */
export async function openPicture(kind) {
  if (kind === "camera") {
    return navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 } });
  }
  if (kind !== "pattern") {
    return null;
  }
  return paintPattern();
}

/** Shows a track of pictures in the page's <video>, as soon as there is one to see; null hides it. */
export function showPicture(track) {
  const video = document.getElementById("video");
  video.hidden = true;
  video.onloadeddata = () => (video.hidden = video.srcObject === null);
  video.srcObject = track ? new MediaStream([track]) : null;
}

function toneStream(context, frequency) {
  const oscillator = context.createOscillator();
  oscillator.frequency.value = frequency;
  const gain = context.createGain();
  gain.gain.value = 0.3;
  const destination = context.createMediaStreamDestination();
  oscillator.connect(gain).connect(destination);
  oscillator.start();
  return destination.stream;
}

/** Measures one stream: `level()` is RMS from 0 to 1, `peakHz()` the strongest frequency. */
export function measure(context, stream) {
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const spectrum = new Float32Array(analyser.frequencyBinCount);
  return {
    level() {
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples.subarray(samples.length - 2048)) {
        sum += sample * sample;
      }
      return Math.sqrt(sum / 2048);
    },
    peakHz() {
      analyser.getFloatFrequencyData(spectrum);
      let best = 0;
      for (let i = 1; i < spectrum.length; i++) {
        if (spectrum[i] > spectrum[best]) {
          best = i;
        }
      }
      return (best * context.sampleRate) / analyser.fftSize;
    },
  };
}

/** Shows a level on a <meter> with its <output>, in dB below full scale. */
function showLevel(name, level) {
  const db = level > 0 ? Math.max(-60, 20 * Math.log10(level)) : -60;
  document.getElementById(`${name}-meter`).value = db + 60;
  document.getElementById(`${name}-level`).value = level > 0.001 ? `${db.toFixed(0)} dB` : "silent";
}

/** Reads the figures a person wants to see out of getStats. */
export async function figures(pc) {
  const result = {};
  const report = await pc.getStats();
  for (const entry of report.values()) {
    if (entry.type === "inbound-rtp" && entry.kind === "audio") {
      result.received = entry.packetsReceived;
      result.lost = entry.packetsLost;
      result.jitterMillis = entry.jitter * 1000;
      result.bytesReceived = entry.bytesReceived;
      result.totalAudioEnergy = entry.totalAudioEnergy;
      result.bufferMillis =
        entry.jitterBufferEmittedCount > 0
          ? (1000 * entry.jitterBufferDelay) / entry.jitterBufferEmittedCount
          : undefined;
    } else if (entry.type === "outbound-rtp" && entry.kind === "audio") {
      result.sent = entry.packetsSent;
      result.bytesSent = entry.bytesSent;
    } else if (entry.type === "candidate-pair" && (entry.nominated || entry.selected) && entry.state === "succeeded") {
      result.rttMillis = entry.currentRoundTripTime * 1000;
      result.local = report.get(entry.localCandidateId)?.candidateType;
      result.remote = report.get(entry.remoteCandidateId)?.candidateType;
    }
  }
  return result;
}

function put(id, value) {
  document.getElementById(id).textContent = value;
}

/** Fills in the list of figures; `before` is the one of a second ago, for rates. */
function showFigures(now, before, seconds) {
  const rate = (name) =>
    now[name] === undefined || before[name] === undefined || seconds <= 0
      ? "-"
      : `${(((now[name] - before[name]) * 8) / 1000 / seconds).toFixed(0)} kbit/s`;
  put("pair", now.local ? `${now.local} to ${now.remote}` : "-");
  put("rtt", Number.isFinite(now.rttMillis) ? `${now.rttMillis.toFixed(1)} ms` : "-");
  put("up", rate("bytesSent"));
  put("down", rate("bytesReceived"));
  put("lost", now.received === undefined ? "-" : `${now.lost} of ${now.received + now.lost}`);
  put("jitter", now.jitterMillis === undefined ? "-" : `${now.jitterMillis.toFixed(1)} ms`);
  put("buffer", now.bufferMillis === undefined ? "-" : `${now.bufferMillis.toFixed(0)} ms`);
}

const METERS = { sent: "You", heard: "Other" };
const FIGURES = {
  pair: "Path",
  rtt: "Round trip",
  up: "Up",
  down: "Down",
  lost: "Lost",
  jitter: "Jitter",
  buffer: "Buffer",
};

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    made.setAttribute(attribute, value);
  }
  made.append(...children);
  return made;
}

function meter(name, label) {
  return element(
    "div",
    { class: "meter" },
    element("label", { for: `${name}-meter` }, label),
    element("meter", { id: `${name}-meter`, min: 0, max: 60, value: 0 }),
    element("output", { id: `${name}-level`, for: `${name}-meter` }, "silent"),
  );
}

/** `<call-panel other="Echo">`: the state of a call, its levels and its figures. */
class CallPanel extends HTMLElement {
  connectedCallback() {
    const names = { ...METERS, heard: this.getAttribute("other") ?? METERS.heard };
    const figureList = Object.entries(FIGURES).map(([id, label]) =>
      element("div", {}, element("dt", {}, label), element("dd", { id }, "-")),
    );
    this.append(
      element(
        "section",
        { "aria-label": "State" },
        element("div", { id: "state", role: "status", "aria-live": "polite" }, "not in a call"),
        element("p", { id: "detail" }),
      ),
      element(
        "section",
        { "aria-labelledby": "levels" },
        element("h2", { id: "levels" }, "Levels"),
        ...Object.entries(names).map(([name, label]) => meter(name, label)),
        element("audio", { id: "audio", autoplay: "" }),
      ),
      element(
        "section",
        { "aria-labelledby": "figures" },
        element("h2", { id: "figures" }, "Figures"),
        element("dl", {}, ...figureList),
        element("div", { id: "graphs" }),
      ),
    );
  }
}
customElements.define("call-panel", CallPanel);

/** Says in the panel how a call stands. */
export function say(state, detail = "") {
  put("state", state);
  put("detail", detail);
}

/** Keeps the panel's levels and figures up to date for one call, from `source` to whatever is played. */
export class CallMonitor {
  constructor(source) {
    this.source = source;
    this.sent = measure(source.context, source.stream);
    this.heard = null;
    this.pc = null;
    this.before = {};
    this.beforeAt = 0;
    this.graphs = new Figures(document.getElementById("graphs"));
    this.timer = setInterval(() => this.show(), 100);
  }

  /** Plays a track that has come and measures it. */
  play(track) {
    const stream = new MediaStream([track]);
    document.getElementById("audio").srcObject = stream;
    this.heard = measure(this.source.context, stream);
  }

  /** Whose figures to show; null when there is no connection (any more). */
  watch(pc) {
    this.pc = pc;
    this.heard = null;
    this.before = {};
  }

  async show() {
    showLevel("sent", this.sent.level());
    showLevel("heard", this.heard ? this.heard.level() : 0);
    const now = performance.now();
    if (this.pc && now - this.beforeAt >= 1000) {
      const seconds = (now - this.beforeAt) / 1000;
      this.beforeAt = now;
      const pc = this.pc;
      await this.graphs.update(pc);
      const after = await figures(pc);
      showFigures(after, this.before, seconds);
      this.before = after;
    }
  }

  /** Ends the meters and the source. */
  stop() {
    clearInterval(this.timer);
    for (const track of this.source.stream.getTracks()) {
      track.stop();
    }
    this.source.context.close();
  }
}
