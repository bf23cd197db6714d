// One connection of a page that negotiates as W3C's perfect negotiation example does (WebRTC 1.0, 10.7), changes itself
// when it is told to, and swaps messages with the other side whenever that asks.
function negotiationBot(polite, media) { // eslint-disable-line no-unused-vars
  const pc = new RTCPeerConnection();
  const outbox = [];
  const errors = [];
  let makingOffer = false;
  let ignoreOffer = false;
  let settingRemoteAnswer = false;
  let busy = 0;
  const generations = new Set();
  let wake = () => {};

  function send(message) {
    outbox.push(message);
    wake();
  }

  // Firefox may give a section that it switches off, with nothing left in it, another port than 0 (RFC 3264 8.2).
  function told({type, sdp}) {
    const parts = sdp.split(/^(?=m=)/m).map((part) =>
      /^m=/.test(part) && !/^a=ice-ufrag:/m.test(part) && /^a=inactive/m.test(part)
        ? part.replace(/^(m=\S+) \d+/, '$1 0') : part);
    return {type, sdp: parts.join('')};
  }

  pc.onnegotiationneeded = async () => {
    try {
      makingOffer = true;
      await pc.setLocalDescription();
      send({description: told(pc.localDescription)});
    } catch (e) {
      errors.push(`offer: ${e}`);
    } finally {
      makingOffer = false;
    }
  };
  pc.onicecandidate = ({candidate}) => {
    if (candidate && candidate.candidate) {
      send({candidate: candidate.toJSON()});
    }
  };

  async function receive({description, candidate}) {
    busy++;
    try {
      if (description) {
        const ready = !makingOffer && (pc.signalingState === 'stable' || settingRemoteAnswer);
        ignoreOffer = !polite && description.type === 'offer' && !ready;
        if (ignoreOffer) {
          return;
        }
        settingRemoteAnswer = description.type === 'answer';
        (description.sdp.match(/^a=ice-ufrag:.*$/gm) || []).forEach((line) => generations.add(line.slice(12).trim()));
        await pc.setRemoteDescription(description);
        settingRemoteAnswer = false;
        if (description.type === 'offer') {
          await pc.setLocalDescription();
          send({description: told(pc.localDescription)});
        }
      } else {
        // By the time it fails the answer to our own offer may have come.
        const ignored = ignoreOffer;
        // W3C's check of addIceCandidate, which Chromium leaves out: it keeps candidates of an offer that was ignored for a
        // generation to come, and then takes none of that generation from the same addresses.
        if (candidate.usernameFragment && !generations.has(candidate.usernameFragment)) {
          return;
        }
        try {
          await pc.addIceCandidate(candidate);
        } catch (e) {
          if (!ignored) {
            throw e;
          }
        }
      }
    } catch (e) {
      settingRemoteAnswer = false;
      errors.push(`${description ? description.type : JSON.stringify(candidate)}: ${e}`);
    } finally {
      busy--;
    }
  }

  function track(kind) {
    return media.getTracks().find((each) => each.kind === kind).clone();
  }

  const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

  function stopped(transceiver) {
    return transceiver.direction === 'stopped' || transceiver.currentDirection === 'stopped';
  }

  // Chromium wants to use a transceiver that is being stopped again, which W3C excludes, and throws.
  function addTrack(added) {
    try {
      pc.addTrack(added, new MediaStream());
    } catch (e) {
      if (!/stopping/.test(e.message)) {
        throw e;
      }
      pc.addTransceiver(added, {streams: [new MediaStream()]});
    }
  }

  // A transceiver that is stopped before an answer has it never leaves the connections of Chromium and Firefox, and both fire
  // negotiationneeded for ever (BrowserAloneStormTest): it has no section that could be rejected.
  function stop(transceiver) {
    if (transceiver.currentDirection === null) {
      turn(transceiver, 'inactive');
    } else {
      transceiver.stop();
    }
  }

  // Chromium may be stopping a transceiver and show another direction still.
  function turn(transceiver, direction) {
    try {
      transceiver.direction = direction;
    } catch (e) {
      if (!/stopping/.test(e.message)) {
        throw e;
      }
    }
  }

  return {
    pc,
    // One change of this side; the numbers are the other side's dice.
    change(choice, pick) {
      const all = pc.getTransceivers().filter((each) => !stopped(each));
      const kind = pick % 3 === 0 ? 'video' : 'audio';
      const one = all[pick % Math.max(1, all.length)];
      if (choice === 0 || (choice > 1 && choice < 6 && !one)) {
        addTrack(track(kind));
      } else if (choice === 1) {
        pc.addTransceiver(kind);
      } else if (choice === 2) {
        pc.removeTrack(one.sender);
      } else if (choice === 3) {
        stop(one);
      } else if (choice === 4) {
        turn(one, directions[pick % 4]);
      } else if (choice === 5) {
        one.sender.replaceTrack(one.sender.track ? null : track(one.receiver.track.kind))
          .catch((e) => {
            // It waits its turn, and the transceiver may be stopped by then.
            if (!stopped(one)) {
              errors.push(`replaceTrack: ${e}`);
            }
          });
      } else if (choice === 6) {
        pc.restartIce();
      } else {
        pc.addTransceiver(track(kind));
      }
    },
    // Takes what came and gives what waits; if nothing waits, after a moment.
    async swap(inbox) {
      inbox.forEach((message) => { receive(message); });
      if (outbox.length === 0) {
        await new Promise((done) => {
          wake = done;
          setTimeout(done, 25);
        });
        wake = () => {};
      }
      return {
        messages: outbox.splice(0),
        idle: busy === 0 && !makingOffer && pc.signalingState === 'stable',
        errors,
      };
    },
    async figures() {
      const transceivers = [];
      for (const each of pc.getTransceivers().filter((one) => !stopped(one))) {
        let packets = 0;
        (await each.receiver.getStats()).forEach((entry) => {
          if (entry.type === 'inbound-rtp') {
            packets += entry.packetsReceived;
          }
        });
        transceivers.push({
          mid: each.mid,
          kind: each.receiver.track.kind,
          direction: each.currentDirection,
          sends: each.sender.track !== null,
          packets,
        });
      }
      return {signaling: pc.signalingState, connection: pc.connectionState, transceivers};
    },
    // What is sent and received, for the story of a failure.
    async streams() {
      const streams = [];
      (await pc.getStats()).forEach((entry) => {
        if (entry.type === 'outbound-rtp' || entry.type === 'inbound-rtp') {
          streams.push([entry.type, entry.mid, entry.ssrc, entry.packetsSent || entry.packetsReceived].join(' '));
        }
      });
      return streams;
    },
    // What senders say they have sent, by section, with the tags that SRTP adds, and what has left by the pairs.
    async sent() {
      const sections = {};
      let left = 0;
      (await pc.getStats()).forEach((entry) => {
        if (entry.type === 'outbound-rtp') {
          const bytes = entry.bytesSent + entry.headerBytesSent + 10 * entry.packetsSent;
          sections[entry.mid] = (sections[entry.mid] || 0) + bytes;
        } else if (entry.type === 'candidate-pair') {
          left += entry.bytesSent;
        }
      });
      return {sections, left};
    },
    close() {
      pc.getSenders().forEach((sender) => sender.track?.stop());
      pc.close();
    },
  };
}
