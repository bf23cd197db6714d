// What a page sends into a room: microphone or tone, camera or pattern, and the screen.

function devices() {
  if (!navigator.mediaDevices) {
    throw new Error("the browser opens it for pages of localhost or by https only");
  }
  return navigator.mediaDevices;
}

/** A track of sound; null for `none`. Throws where there is no microphone. */
export async function openVoice(kind, frequency = 440) {
  if (kind === "none") {
    return null;
  }
  if (kind === "microphone") {
    const stream = await devices().getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    return stream.getAudioTracks()[0];
  }
  const context = new AudioContext();
  // Not awaited: without an audio device some browsers never settle it.
  context.resume();
  const oscillator = context.createOscillator();
  oscillator.frequency.value = frequency;
  const gain = context.createGain();
  gain.gain.value = 0.3;
  const destination = context.createMediaStreamDestination();
  oscillator.connect(gain).connect(destination);
  oscillator.start();
  const track = destination.stream.getAudioTracks()[0];
  const stop = track.stop.bind(track);
  track.stop = () => {
    stop();
    context.close();
  };
  return track;
}

/** A track of pictures; null for `none`. */
export async function openPicture(kind, { width = 1280, height = 720, fps = 24, label = "" } = {}) {
  if (kind === "none") {
    return null;
  }
  if (kind === "camera") {
    const stream = await devices().getUserMedia({
      video: { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: fps } },
    });
    return stream.getVideoTracks()[0];
  }
  return pattern(width, height, fps, label);
}

/** Something that moves, with the time in it, for machines without a camera. */
function pattern(width, height, fps, label) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const paint = canvas.getContext("2d");
  const hue = Math.floor(Math.random() * 360);
  const draw = () => {
    const now = performance.now();
    paint.fillStyle = `hsl(${(hue + now / 50) % 360}, 60%, 40%)`;
    paint.fillRect(0, 0, width, height);
    paint.fillStyle = "white";
    paint.fillRect((now / 4) % width, height * 0.7, width / 12, height / 12);
    paint.font = `${height / 8}px monospace`;
    paint.fillText(label, width * 0.06, height * 0.3);
    paint.fillText((now / 1000).toFixed(1), width * 0.06, height * 0.5);
  };
  draw();
  const track = canvas.captureStream(fps).getVideoTracks()[0];
  const timer = setInterval(() => (track.readyState === "ended" ? clearInterval(timer) : draw()), 1000 / fps);
  return track;
}

/** The screen, a window or a tab, as the user chooses. */
export async function openScreen() {
  const stream = await devices().getDisplayMedia({ video: { frameRate: { ideal: 10 } }, audio: false });
  const track = stream.getVideoTracks()[0];
  track.contentHint = "detail";
  return track;
}
