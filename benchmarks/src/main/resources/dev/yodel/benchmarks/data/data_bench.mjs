// libdatachannel by node-datachannel: two peers in this process; prints figures as DataChannelRun does.
// Arguments: throughput SIZE WARMUP SECONDS CONNECTIONS BOTH, rtt SIZE WARMUP SECONDS, or open COUNT WARMUP.
import {randomBytes} from 'node:crypto';
import datachannel from 'node-datachannel';

const STEPS = 8192;
const [kind, ...numbers] = process.argv.slice(2);
const sleep = (millis) => new Promise((done) => setTimeout(done, millis));
const now = () => Number(process.hrtime.bigint());
// What a sender buffers before it waits, and down to which: see Buffered.java.
const MOST = Math.min(4 << 20, Math.floor((64 << 20) / (kind === 'throughput' ? Number(numbers[3]) : 1)));
const LEAST = Math.floor(MOST / 4);
let made = 0;

class Pattern {
  constructor(size) {
    this.size = size;
    this.bytes = randomBytes(size + STEPS);
  }

  message(number) {
    const from = (number * 31) % STEPS;
    return this.bytes.subarray(from, from + this.size);
  }

  check(number, data) {
    if (this.message(number).compare(data) !== 0) {
      throw new Error(`message ${number} is not what was sent`);
    }
  }
}

function make() {
  return new Promise((done) => {
    const a = new datachannel.PeerConnection(`a${made}`, {iceServers: []});
    const b = new datachannel.PeerConnection(`b${made++}`, {iceServers: []});
    for (const [from, to] of [[a, b], [b, a]]) {
      from.onLocalDescription((sdp, type) => to.setRemoteDescription(sdp, type));
      from.onLocalCandidate((candidate, mid) => to.addRemoteCandidate(candidate, mid));
    }
    let second;
    let opened = false;
    const ready = () => {
      if (opened && second) {
        done({a, b, first, second});
      }
    };
    b.onDataChannel((channel) => { second = channel; ready(); });
    const first = a.createDataChannel('bench');
    first.onOpen(() => { opened = true; ready(); });
  });
}

async function pump(channel, pattern) {
  let low = () => {};
  channel.setBufferedAmountLowThreshold(LEAST);
  channel.onBufferedAmountLow(() => low());
  for (let number = 0; ; number++) {
    channel.sendMessageBinary(pattern.message(number));
    if (channel.bufferedAmount() > MOST) {
      await new Promise((done) => {
        low = done;
        if (channel.bufferedAmount() <= LEAST) {
          done();
        }
      });
    } else if (number % 64 === 63) {
      await new Promise(setImmediate);
    }
  }
}

function print(values) {
  values.sort((x, y) => x - y);
  const at = (share) => values[Math.floor(values.length * share)].toFixed(2);
  console.log(`figures ${at(0.5)} ${at(0.99)}`);
}

if (kind === 'throughput') {
  const [size, warmUp, seconds, connections] = numbers.map(Number);
  const both = numbers[4] === 'true';
  const pattern = new Pattern(size);
  let received = 0;
  const flow = (from, to) => {
    let number = 0;
    to.onMessage((data) => {
      pattern.check(number++, data);
      received += size;
    });
    pump(from, pattern);
  };
  const pairs = [];
  for (let i = 0; i < connections; i++) {
    pairs.push(await make());
  }
  for (const {first, second} of pairs) {
    flow(first, second);
    if (both) {
      flow(second, first);
    }
  }
  await sleep(warmUp * 1000);
  const bytes = received;
  const cpu = process.cpuUsage();
  const start = now();
  await sleep(seconds * 1000);
  const used = process.cpuUsage(cpu);
  const took = (now() - start) / 1e9;
  const count = received - bytes;
  console.log(`figures ${(count / took / 1e6).toFixed(2)} ${(count / (used.user + used.system)).toFixed(2)}`);
} else if (kind === 'rtt') {
  const [size, warmUp, seconds] = numbers.map(Number);
  const pattern = new Pattern(size);
  const {first, second} = await make();
  second.onMessage((data) => second.sendMessageBinary(data));
  let echo = () => {};
  first.onMessage((data) => echo(data));
  let micros = [];
  for (const limit of [warmUp, seconds]) {
    micros = [];
    const until = now() + limit * 1e9;
    for (let number = 0; now() < until; number++) {
      const start = now();
      const data = await new Promise((done) => {
        echo = done;
        first.sendMessageBinary(pattern.message(number));
      });
      micros.push((now() - start) / 1e3);
      pattern.check(number, data);
    }
  }
  print(micros);
} else {
  const [count, warmUp] = numbers.map(Number);
  const millis = [];
  for (let i = -warmUp; i < count; i++) {
    const start = now();
    const {a, b} = await make();
    if (i >= 0) {
      millis.push((now() - start) / 1e6);
    }
    a.close();
    b.close();
  }
  print(millis);
}
console.log(`memory ${Math.round(process.resourceUsage().maxRSS / 1024)}`);
process.exit(0);
