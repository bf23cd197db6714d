// What both pages share: the microphone or a tone, level meters, and the figures of a call.

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
export function showLevel(name, level) {
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
export function showFigures(now, before, seconds) {
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
