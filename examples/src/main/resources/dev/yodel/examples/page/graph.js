// Live graphs of a connection: bit rates, loss and round trip of the last two minutes.

const SECONDS = 120;

class Graph {
  constructor(title, unit, colors) {
    this.unit = unit;
    this.colors = colors;
    this.points = [];
    this.canvas = document.createElement("canvas");
    this.canvas.width = 640;
    this.canvas.height = 144;
    this.canvas.setAttribute("role", "img");
    this.title = title;
    const caption = document.createElement("figcaption");
    this.words = document.createElement("span");
    const name = document.createElement("span");
    name.textContent = title;
    caption.append(name, this.words);
    this.element = document.createElement("figure");
    this.element.className = "graph";
    this.element.append(caption, this.canvas);
  }

  /** Adds the values of one second; undefined for a gap. */
  add(values, words) {
    this.points.push(values);
    if (this.points.length > SECONDS) {
      this.points.shift();
    }
    this.words.textContent = words;
    this.canvas.setAttribute("aria-label", `${this.title}: ${words}`);
    this.draw();
  }

  draw() {
    const { width, height } = this.canvas;
    const paint = this.canvas.getContext("2d");
    paint.clearRect(0, 0, width, height);
    const most = Math.max(1, ...this.points.flat().filter(Number.isFinite));
    paint.fillStyle = getComputedStyle(this.canvas).color;
    paint.font = "20px sans-serif";
    paint.fillText(`${most.toFixed(0)} ${this.unit}`, 8, 22);
    this.colors.forEach((color, line) => {
      paint.strokeStyle = color;
      paint.lineWidth = 3;
      paint.setLineDash(line ? [8, 6] : []);
      paint.beginPath();
      let drawing = false;
      this.points.forEach((values, second) => {
        if (!Number.isFinite(values[line])) {
          drawing = false;
          return;
        }
        const x = ((second + SECONDS - this.points.length) / (SECONDS - 1)) * width;
        const y = height - 4 - (values[line] / most) * (height - 32);
        drawing ? paint.lineTo(x, y) : paint.moveTo(x, y);
        drawing = true;
      });
      paint.stroke();
    });
  }
}

/** Sums of a connection's report. */
export async function sums(pc) {
  const sum = { sent: 0, received: 0, lost: 0, packets: 0, lostThere: 0, rtt: undefined, frames: 0, energy: 0 };
  for (const entry of (await pc.getStats()).values()) {
    if (entry.type === "inbound-rtp") {
      sum.received += entry.bytesReceived ?? 0;
      sum.lost += Math.max(0, entry.packetsLost ?? 0);
      sum.packets += entry.packetsReceived ?? 0;
      sum.frames += entry.framesDecoded ?? 0;
      sum.energy += entry.totalAudioEnergy ?? 0;
    } else if (entry.type === "outbound-rtp") {
      sum.sent += entry.bytesSent ?? 0;
    } else if (entry.type === "remote-inbound-rtp") {
      // What the other side last said of the stream that fares worst.
      sum.lostThere = Math.max(sum.lostThere, entry.fractionLost ?? 0);
    } else if (entry.type === "candidate-pair" && (entry.nominated || entry.selected) && entry.state === "succeeded") {
      sum.rtt = entry.currentRoundTripTime === undefined ? sum.rtt : entry.currentRoundTripTime * 1000;
    }
  }
  return sum;
}

/** Draws a connection's figures into an element, once a second. */
export class Figures {
  constructor(into) {
    this.rate = new Graph("Bit rate: received —, sent - -", "kbit/s", ["#2f9e7f", "#c2703d"]);
    this.loss = new Graph("Lost: received —, sent - -", "%", ["#c4473d", "#c2703d"]);
    this.rtt = new Graph("Round trip", "ms", ["#5b7fd1"]);
    into.replaceChildren(this.rate.element, this.loss.element, this.rtt.element);
    this.before = null;
  }

  /** Begins with empty graphs for each connection. */
  async update(pc) {
    if (this.pc !== pc) {
      this.pc = pc;
      this.before = null;
    }
    const now = { ...(await sums(pc)), at: performance.now() };
    const before = this.before;
    this.before = now;
    if (!before || before.received > now.received) {
      return;
    }
    const seconds = (now.at - before.at) / 1000;
    const down = ((now.received - before.received) * 8) / 1000 / seconds;
    const up = ((now.sent - before.sent) * 8) / 1000 / seconds;
    const packets = now.packets - before.packets;
    const lost = Math.max(0, now.lost - before.lost);
    const percent = packets + lost > 0 ? (100 * lost) / (packets + lost) : 0;
    this.rate.add([down, up], `${down.toFixed(0)} / ${up.toFixed(0)} kbit/s`);
    const there = 100 * now.lostThere;
    this.loss.add([percent, there], `${percent.toFixed(1)} / ${there.toFixed(1)} %`);
    this.rtt.add([now.rtt], Number.isFinite(now.rtt) ? `${now.rtt.toFixed(0)} ms` : "-");
  }
}

/** Shows a connection's figures in the page's `#figures`, once a second until it is closed. */
export function showFigures(pc) {
  const figures = new Figures(document.getElementById("graphs"));
  document.getElementById("figures").hidden = false;
  const timer = setInterval(() => {
    if (pc.connectionState === "closed") {
      clearInterval(timer);
    } else {
      figures.update(pc);
    }
  }, 1000);
}
