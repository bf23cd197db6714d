// The page that plays by WHEP. The open session is `window.whep`, for the curious and for tests.
import { showFigures } from "./graph.js";
import { WhipSession } from "./whip.js";

const $ = (id) => document.getElementById(id);

function show(state, busy) {
  $("state").textContent = state;
  $("go").disabled = busy;
  $("stop").disabled = !busy;
}

/** Plays; also what tests call. */
export async function watch(name, token) {
  show("opening", true);
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  pc.addTransceiver("audio", { direction: "recvonly" });
  pc.addTransceiver("video", { direction: "recvonly" });
  const stream = new MediaStream();
  pc.ontrack = ({ track }) => stream.addTrack(track);
  pc.onconnectionstatechange = () => show(pc.connectionState, pc.connectionState !== "failed");
  $("video").srcObject = stream;
  $("video").hidden = false;
  window.whep = new WhipSession(pc, token);
  showFigures(pc);
  try {
    await window.whep.start(new URL(`whep/${encodeURIComponent(name)}`, location.href));
  } catch (error) {
    stop(String(error.message ?? error));
    throw error;
  }
}

function stop(reason) {
  window.whep?.end().catch(() => {});
  $("video").srcObject = null;
  $("video").hidden = true;
  show(reason, false);
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  watch($("name").value, $("token").value).catch((error) => show(String(error.message), false));
});
$("stop").addEventListener("click", () => stop("stopped"));
