// The data bot in JavaScript, for every stack with the W3C's API. What a channel does stands in its label:
//   control          takes commands: "open {label, init}" makes a channel, "close LABEL" closes it
//   echo ...         sends back what comes, as it came
//   sink ...         swallows binary messages; "end" is answered by "sha256 HEX BYTES MESSAGES"
//   source BYTES SIZE  sends that many bytes in messages of that size, then the same line
//   attributes ...   says what it is like
//   close ...        closes itself when a message comes
// newHash() gives an object with update(Uint8Array) and hex(), which may promise; wrap(Uint8Array) is what send takes.
function dataBot(pc, newHash, wrap = (piece) => piece) { // eslint-disable-line no-unused-vars
  const channels = new Map();

  function view(data) {
    return data instanceof ArrayBuffer
      ? new Uint8Array(data)
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }

  function room(channel) {
    if (channel.bufferedAmount < 1 << 20) {
      return Promise.resolve();
    }
    channel.bufferedAmountLowThreshold = 1 << 19;
    return new Promise((done) => {
      channel.onbufferedamountlow = done;
      // Not every stack has the event.
      const look = () => (channel.bufferedAmount < 1 << 19 ? done() : setTimeout(look, 20));
      look();
    });
  }

  async function source(channel, total, size) {
    const hash = newHash();
    let messages = 0;
    for (let sent = 0; sent < total; messages++) {
      const piece = new Uint8Array(Math.min(size, total - sent));
      for (let i = 0; i < piece.length; i++) {
        piece[i] = (sent + i) * 131 + messages * 7;
      }
      hash.update(piece);
      await room(channel);
      channel.send(wrap(piece));
      sent += piece.length;
    }
    channel.send(`sha256 ${await hash.hex()} ${total} ${messages}`);
  }

  function attributes(channel) {
    const {label, ordered, maxRetransmits, maxPacketLifeTime, protocol, negotiated, id} = channel;
    return JSON.stringify({label, ordered, maxRetransmits, maxPacketLifeTime, protocol, negotiated, id});
  }

  function command(line) {
    const space = line.indexOf(' ');
    const rest = line.substring(space + 1);
    if (line.startsWith('open ')) {
      const {label, init} = JSON.parse(rest);
      serve(pc.createDataChannel(label, init));
    } else if (line.startsWith('close ')) {
      channels.get(rest).close();
    }
  }

  function serve(channel) {
    channels.set(channel.label, channel);
    channel.binaryType = 'arraybuffer';
    const [kind, ...args] = channel.label.split(' ');
    const hash = newHash();
    let bytes = 0;
    let messages = 0;
    // Some stacks hand over a message before they say that the channel which they have opened is open.
    const early = [];
    let begun = false;
    channel.onmessage = async ({data}) => {
      const text = typeof data === 'string';
      if (kind === 'control' && text) {
        command(data);
      } else if (kind === 'echo' && channel.readyState === 'connecting') {
        if (begun) {
          // Chromium showed it as open, then as connecting, and that for ever: nothing can be sent on it.
          channel.close();
        }
        early.push(data);
      } else if (kind === 'echo') {
        channel.send(data);
      } else if (kind === 'close') {
        channel.close();
      } else if (kind === 'sink' && text && data === 'end') {
        channel.send(`sha256 ${await hash.hex()} ${bytes} ${messages}`);
      } else if (kind === 'sink' && !text) {
        hash.update(view(data));
        bytes += data.byteLength;
        messages++;
      }
    };
    const opened = () => {
      begun = true;
      early.splice(0).forEach((data) => channel.send(data));
      if (kind === 'attributes') {
        channel.send(attributes(channel));
      } else if (kind === 'source') {
        source(channel, Number(args[0]), Number(args[1]));
      }
    };
    if (channel.readyState === 'open') {
      opened();
    } else {
      channel.onopen = opened;
    }
  }

  function gathered() {
    return new Promise((done) => {
      const check = () => {
        // After a restart the state may be the old one for a while, but the candidates are gone.
        if (pc.iceGatheringState === 'complete' && pc.localDescription.sdp.includes('a=candidate:')) {
          done({type: pc.localDescription.type, sdp: pc.localDescription.sdp});
        }
      };
      pc.addEventListener('icegatheringstatechange', check);
      check();
    });
  }

  pc.ondatachannel = (event) => serve(event.channel);
  return {
    async offer() {
      serve(pc.createDataChannel('control'));
      await pc.setLocalDescription(await pc.createOffer());
      return gathered();
    },
    async describe() {
      await pc.setLocalDescription(await pc.createOffer());
      return gathered();
    },
    async answer(offer) {
      await pc.setRemoteDescription(offer);
      await pc.setLocalDescription(await pc.createAnswer());
      return gathered();
    },
    async accept(answer) {
      await pc.setRemoteDescription(answer);
    },
  };
}
