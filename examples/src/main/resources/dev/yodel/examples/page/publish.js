// The page that publishes by WHIP. The open session is `window.whip`, for the curious and for tests.
import { showFigures } from "./graph.js";
import { openSource } from "./media.js";
import { paintPattern } from "./pattern.js";
import { WhipSession } from "./whip.js";

const $ = (id) => document.getElementById(id);

async function open(kind) {
  if (kind === "camera") {
    return navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 }, audio: true });
  }
  if (kind === "screen") {
    return navigator.mediaDevices.getDisplayMedia({ video: true, audio: true });
  }
  const tone = await openSource("tone", 440);
  return new MediaStream([...paintPattern().getTracks(), ...tone.stream.getTracks()]);
}

function show(state, busy) {
  $("state").textContent = state;
  $("go").disabled = busy;
  $("stop").disabled = !busy;
}

/** Three sizes of a large picture, so that each player gets what its network carries; a screen has one. */
const LAYERS = [
  { rid: "q", scaleResolutionDownBy: 4 },
  { rid: "h", scaleResolutionDownBy: 2 },
  { rid: "f" },
];

/** Chromium sends fewer sizes of smaller pictures, and leaves out the largest. */
const LAYERS_FROM_HEIGHT = 540;

/** Publishes; also what tests call. */
export async function publish(kind, name, token, fromHeight = LAYERS_FROM_HEIGHT) {
  show("opening", true);
  const stream = await open(kind);
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  for (const track of stream.getTracks()) {
    const large = track.kind === "video" && kind !== "screen" && track.getSettings().height >= fromHeight;
    const layers = large ? { sendEncodings: LAYERS } : {};
    pc.addTransceiver(track, { direction: "sendonly", streams: [stream], ...layers });
  }
  $("video").srcObject = stream;
  $("video").hidden = false;
  window.whip = new WhipSession(pc, token);
  pc.onconnectionstatechange = () => {
    show(pc.connectionState, pc.connectionState !== "failed");
    if (pc.connectionState === "disconnected") {
      window.whip.restart().catch((error) => show(String(error), true));
    }
  };
  showFigures(pc);
  try {
    await window.whip.start(new URL(`whip/${encodeURIComponent(name)}`, location.href));
  } catch (error) {
    stop(String(error.message ?? error));
    throw error;
  }
}

function stop(reason) {
  for (const track of $("video").srcObject?.getTracks() ?? []) {
    track.stop();
  }
  $("video").srcObject = null;
  $("video").hidden = true;
  window.whip?.end().catch(() => {});
  show(reason, false);
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  publish($("source").value, $("name").value, $("token").value).catch((error) => show(String(error.message), false));
});
$("stop").addEventListener("click", () => stop("stopped"));
