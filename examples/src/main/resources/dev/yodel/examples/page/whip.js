// WHIP (RFC 9725) and WHEP in a page: one RTCPeerConnection, described over HTTP. `pc` has its transceivers already.

export class WhipSession {
  constructor(pc, token) {
    this.pc = pc;
    this.token = token;
    this.waiting = [];
    this.url = null;
    this.etag = null;
    this.sending = false;
    this.restarting = null;
  }

  /** Offers to `endpoint`, sets the answer, and goes on sending candidates. Throws with the server's words. */
  async start(endpoint) {
    this.pc.onicecandidate = ({ candidate }) => {
      if (candidate !== null) {
        this.waiting.push(candidate);
        this.flush();
      }
    };
    await this.pc.setLocalDescription();
    const response = await this.request("POST", endpoint, "application/sdp", this.pc.localDescription.sdp);
    if (response.status !== 201) {
      throw new Error(await words(response));
    }
    this.url = new URL(response.headers.get("Location"), response.url).href;
    this.etag = response.headers.get("ETag");
    await this.pc.setRemoteDescription({ type: "answer", sdp: await response.text() });
    this.flush();
  }

  /** New credentials and candidates on both sides, without another description (RFC 9725 4.3.3); one at a time. */
  restart() {
    this.restarting ??= this.exchangeCredentials().finally(() => {
      this.restarting = null;
      this.flush();
    });
    return this.restarting;
  }

  async exchangeCredentials() {
    const offer = await this.pc.createOffer({ iceRestart: true });
    await this.pc.setLocalDescription(offer);
    await gathered(this.pc);
    this.waiting = [];
    const response = await this.request("PATCH", this.url, FRAGMENT, fragment(this.pc.localDescription.sdp), "*");
    if (response.status !== 200) {
      await this.pc.setLocalDescription({ type: "rollback" });
      throw new Error(await words(response));
    }
    this.etag = response.headers.get("ETag") ?? this.etag;
    const sdp = applied(this.pc.currentRemoteDescription.sdp, await response.text());
    await this.pc.setRemoteDescription({ type: "answer", sdp });
  }

  /** Ends the session on both sides. */
  async end() {
    this.pc.close();
    if (this.url !== null) {
      await this.request("DELETE", this.url);
    }
  }

  async flush() {
    if (this.url === null || this.sending || this.restarting !== null || this.waiting.length === 0) {
      return;
    }
    this.sending = true;
    const candidates = this.waiting;
    this.waiting = [];
    const lines = [...head(this.pc.localDescription.sdp)];
    for (const { candidate } of candidates.filter(({ sdpMLineIndex }) => sdpMLineIndex === 0)) {
      lines.push(candidate === "" ? "a=end-of-candidates" : `a=${candidate}`);
    }
    try {
      await this.request("PATCH", this.url, FRAGMENT, lines.join("\r\n") + "\r\n", this.etag);
    } finally {
      this.sending = false;
    }
    this.flush();
  }

  request(method, url, type, body, ifMatch) {
    const headers = {};
    if (type !== undefined) {
      headers["Content-Type"] = type;
    }
    if (ifMatch) {
      headers["If-Match"] = ifMatch;
    }
    if (this.token) {
      headers.Authorization = `Bearer ${this.token}`;
    }
    return fetch(url, { method, headers, body });
  }
}

const FRAGMENT = "application/trickle-ice-sdpfrag";

async function words(response) {
  const text = await response.text();
  try {
    return JSON.parse(text).detail ?? text;
  } catch {
    return `${response.status} ${text}`;
  }
}

function gathered(pc) {
  return new Promise((resolve) => {
    const look = () => pc.iceGatheringState === "complete" && resolve();
    pc.addEventListener("icegatheringstatechange", look);
    look();
  });
}

/** The lines of a fragment before its candidates: those of the first section, which carries the others. */
function head(sdp) {
  const [session, first] = sdp.split(/^(?=m=)/m);
  const attribute = (part, name) => part.split("\r\n").filter((line) => line.startsWith(name));
  return [
    ...attribute(session, "a=group:"),
    first.split("\r\n")[0],
    ...attribute(first, "a=mid:"),
    ...attribute(first, "a=ice-ufrag:"),
    ...attribute(first, "a=ice-pwd:"),
  ];
}

function fragment(sdp) {
  const first = sdp.split(/^(?=m=)/m)[1];
  const candidates = first.split("\r\n").filter((line) => line.startsWith("a=candidate:"));
  return [...head(sdp), ...candidates, "a=end-of-candidates"].join("\r\n") + "\r\n";
}

/** A description with the credentials and candidates of a fragment. */
function applied(sdp, news) {
  const value = (name) => news.split(/\r?\n/).find((line) => line.startsWith(name));
  const candidates = news.split(/\r?\n/).filter((line) => line.startsWith("a=candidate:"));
  const [session, ...sections] = sdp.split(/^(?=m=)/m);
  return (
    session +
    sections
      .map((section, index) => {
        const lines = section
          .split("\r\n")
          .filter((line) => line !== "" && !line.startsWith("a=candidate:") && line !== "a=end-of-candidates")
          .map((line) => (line.startsWith("a=ice-ufrag:") ? value("a=ice-ufrag:") : line))
          .map((line) => (line.startsWith("a=ice-pwd:") ? value("a=ice-pwd:") : line));
        return [...lines, ...(index === 0 ? candidates : [])].join("\r\n") + "\r\n";
      })
      .join("")
  );
}
