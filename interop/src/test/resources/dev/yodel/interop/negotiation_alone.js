// A random sequence of changes between two connections of one page, for comparison: what does not converge here is not the
// other library's fault. The dice are java.util.Random's, so that a seed means the same changes as in Storm.java.
async function negotiationStorm(newBot, media, seed, steps) { // eslint-disable-line no-unused-vars
  let state = (BigInt(seed) ^ 0x5DEECE66Dn) & ((1n << 48n) - 1n);
  function next(bits) {
    state = (state * 0x5DEECE66Dn + 0xBn) & ((1n << 48n) - 1n);
    return Number(BigInt.asIntN(32, state >> BigInt(48 - bits)));
  }
  function below(bound) {
    if ((bound & -bound) === bound) {
      return Number((BigInt(bound) * BigInt(next(31))) >> 31n);
    }
    for (;;) {
      const bits = next(31);
      const value = bits % bound;
      if (bits - value + (bound - 1) <= 0x7fffffff) {
        return value;
      }
    }
  }
  const coin = () => next(1) !== 0;

  const polite = coin();
  const bots = [newBot(polite, media), newBot(!polite, media)];
  const inboxes = [[], []];
  const story = [];
  let idle = [false, false];
  let errors = [[], []];

  async function carry() {
    let busy = false;
    for (const side of [0, 1]) {
      const inbox = inboxes[side].splice(0);
      const answer = await bots[side].swap(inbox);
      idle[side] = answer.idle;
      errors[side] = answer.errors;
      for (const message of answer.messages) {
        if (message.description) {
          story.push(`${side} ${message.description.type}`);
        }
        inboxes[1 - side].push(message);
      }
      busy = busy || inbox.length > 0 || answer.messages.length > 0;
    }
    return busy;
  }

  async function settle() {
    const deadline = performance.now() + 30000;
    for (let quiet = 0; quiet < 8;) {
      const busy = await carry();
      quiet = !busy && idle[0] && idle[1] ? quiet + 1 : 0;
      if (performance.now() > deadline) {
        throw new Error('negotiation does not come to rest');
      }
    }
    if (errors[0].length + errors[1].length > 0) {
      throw new Error(`errors: ${errors.flat().join('; ')}`);
    }
  }

  const reversed = {sendonly: 'recvonly', recvonly: 'sendonly'};

  async function compare() {
    const [a, b] = await Promise.all(bots.map((bot) => bot.figures()));
    const seen = (figures, turn) => JSON.stringify(figures.transceivers
      .map((each) => [each.mid, each.kind, (turn && reversed[each.direction]) || each.direction])
      .sort());
    if (seen(a, false) !== seen(b, true)) {
      throw new Error(`transceivers differ: ${seen(a, false)} and ${seen(b, true)}`);
    }
  }

  async function flows() {
    const before = await Promise.all(bots.map((bot) => bot.figures()));
    const deadline = performance.now() + 30000;
    for (;;) {
      await carry();
      const now = await Promise.all(bots.map((bot) => bot.figures()));
      const still = [];
      for (const side of [0, 1]) {
        for (const sender of now[side].transceivers) {
          if (!/^send/.test(sender.direction) || !sender.sends) {
            continue;
          }
          const count = (figures) =>
            figures.transceivers.find((each) => each.mid === sender.mid)?.packets || 0;
          if (count(now[1 - side]) <= count(before[1 - side])) {
            still.push(`${side} ${sender.mid}`);
          }
        }
      }
      if (still.length === 0) {
        return;
      }
      if (performance.now() > deadline) {
        throw new Error(`no media from ${still.join(', ')}; ${now.map((each) => each.connection).join(' and ')}`);
      }
    }
  }

  try {
    bots[polite ? 1 : 0].change(0, 1);
    await settle();
    bots[polite ? 0 : 1].change(0, 1);
    for (let i = 0; i < steps; i++) {
      const choice = below(7);
      const pick = below(1000);
      const side = coin() ? 0 : 1;
      story.push(`${side} changes ${choice}/${pick}`);
      bots[side].change(choice, pick);
      for (let swaps = below(4); swaps > 0; swaps--) {
        await carry();
      }
    }
    bots[0].change(7, 1);
    bots[1].change(7, 1);
    await settle();
    await compare();
    await flows();
    return '';
  } catch (e) {
    const states = bots.map((bot) => [bot.pc.signalingState, bot.pc.connectionState, bot.pc.iceConnectionState,
      bot.pc.iceGatheringState].join(' '));
    return `seed ${seed}: ${e.message}, ${states.join(' and ')}, ${story.join(', ')}`;
  } finally {
    bots.forEach((bot) => bot.close());
  }
}
