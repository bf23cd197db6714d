// The data bot in Node: node data_peer.mjs STACK, beside data_bot.js and node_modules.
// Descriptions go in and come out as JSON, one a line; {"offer": 1} asks for an offer. The end of the input ends it.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';

const stack = process.argv[2];
let connection;
if (stack === 'werift') {
  const werift = await import('werift');
  // Without a list it asks a public STUN server.
  connection = () => new werift.RTCPeerConnection({iceServers: [], iceUseIpv6: false, iceAdditionalHostAddresses: ['127.0.0.1']});
} else {
  const {default: polyfill} = await import('node-datachannel/polyfill');
  connection = () => new polyfill.RTCPeerConnection({iceServers: []});
}
const newHash = () => {
  const hash = createHash('sha256');
  return {update: (piece) => hash.update(piece), hex: () => hash.digest('hex')};
};
const dataBot = new Function(`${readFileSync(new URL('data_bot.js', import.meta.url))}; return dataBot;`)();
const bot = dataBot(connection(), newHash, (piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
const say = (description) => console.log(JSON.stringify({type: description.type, sdp: description.sdp}));

for await (const line of createInterface({input: process.stdin})) {
  const message = JSON.parse(line);
  if (message.offer) {
    say(await bot.offer());
  } else if (message.type === 'offer') {
    say(await bot.answer(message));
  } else {
    await bot.accept(message);
  }
}
process.exit(0);
