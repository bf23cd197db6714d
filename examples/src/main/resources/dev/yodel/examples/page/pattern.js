/** A stream with a moving picture, for machines without a camera. */
export function paintPattern() {
  const canvas = document.createElement("canvas");
  canvas.width = 320;
  canvas.height = 240;
  const paint = canvas.getContext("2d");
  const stream = canvas.captureStream(30);
  const timer = setInterval(() => {
    const now = performance.now();
    if (stream.getVideoTracks().every((track) => track.readyState === "ended")) {
      clearInterval(timer);
    }
    paint.fillStyle = `hsl(${(now / 20) % 360}, 70%, 45%)`;
    paint.fillRect(0, 0, 320, 240);
    paint.fillStyle = "white";
    paint.font = "32px monospace";
    paint.fillText((now / 1000).toFixed(2), 20, 120);
  }, 33);
  return stream;
}
