// The little of a window that testharness.js and the tests touch: clock, timers, a document without layout, files, blobs.
(function (env, page) {
  'use strict';
  const { slots, host, expose, attribute, seal } = env;

  slots.set(globalThis, { interface: 'Window', values: {} });
  class Window extends EventTarget {
    constructor() {
      throw new TypeError('Illegal constructor: Window');
    }
  }
  seal(Window, 'Window');
  Object.setPrototypeOf(globalThis, Window.prototype);
  const self = globalThis;
  for (const name of ['window', 'self', 'parent', 'top', 'frames']) {
    expose(name, self);
  }
  expose('opener', null);
  expose('GLOBAL', { isWindow: () => true, isWorker: () => false, isShadowRealm: () => false });
  expose('isSecureContext', true);
  env.handler(globalThis, 'onerror');
  env.handler(globalThis, 'onload');
  env.handler(globalThis, 'onunhandledrejection');
  env.handler(globalThis, 'onmessage');

  // HTML 9.3.3, between the windows of one origin: a message is a task of the window that gets it.
  const origin = 'https://web-platform.test';
  const post = (target, message, alive = () => true) => {
    const data = structuredClone(message);
    host.timer(() => {
      if (alive()) {
        target.dispatchEvent(new MessageEvent('message', { data, origin, source: null }));
      }
    }, 0, false);
  };
  expose('postMessage', (message) => post(globalThis, message));

  // HTML 4.8.5, for srcdoc: a window of its own, without a realm of its own. Its scripts see the platform and what they
  // have put into their window, not what the page's scripts made.
  const frames = (environment, HTMLElement) => {
    class FrameWindow extends EventTarget {
      constructor(element) {
        super();
        const opened = [];
        Object.assign(this, { window: this, self: this, parent: globalThis, top: globalThis, frameElement: element });
        this.RTCPeerConnection = class extends globalThis.RTCPeerConnection {
          constructor(...args) {
            super(...args);
            opened.push(this);
          }
        };
        this.postMessage = (message) => post(this, message, () => element.contentWindow === this);
        // WebRTC 1.0, 10.3: connections end with their document.
        Object.defineProperty(this, 'unload', { value: () => opened.forEach((connection) => connection.close()) });
      }
      run(script) {
        const scope = new Proxy(this, {
          has: () => true,
          get: (target, name) => {
            if (name in target || typeof name === 'symbol') {
              return target[name];
            }
            if (environment.platform.has(name)) {
              return globalThis[name];
            }
            throw new ReferenceError(`${name} is not defined`);
          },
        });
        new Function('scope', `with (scope) { ${script} }`).call(this, scope);
      }
    }
    environment.handler(FrameWindow.prototype, 'onmessage');
    class HTMLIFrameElement extends HTMLElement {
      contentWindow = null;
      inserted() {
        const frame = new FrameWindow(this);
        this.contentWindow = frame;
        host.timer(() => {
          for (const [, script] of (this.srcdoc ?? '').matchAll(/<script[^>]*>([^]*?)<\/script>/g)) {
            try {
              frame.run(script);
            } catch (error) {
              environment.report(error);
            }
          }
          this.dispatchEvent(new Event('load'));
        }, 0, false);
      }
      removed() {
        this.contentWindow?.unload();
        this.contentWindow = null;
      }
    }
    environment.handler(HTMLIFrameElement.prototype, 'onload');
    seal(HTMLIFrameElement, 'HTMLIFrameElement');
    return HTMLIFrameElement;
  };

  // HR-TIME: the clock of the statistics.
  const timeOrigin = host.timeOrigin();
  expose('performance', {
    timeOrigin, now: () => host.now(), mark() {}, measure() {}, toJSON: () => ({ timeOrigin }),
  });

  const timer = (work, delay, args, repeat) => host.timer(() => {
    try {
      work(...args);
    } catch (error) {
      env.report(error);
    }
  }, Math.max(repeat ? 1 : 0, +delay || 0), repeat);
  expose('setTimeout', (work, delay = 0, ...args) => timer(work, delay, args, false));
  expose('setInterval', (work, delay = 0, ...args) => timer(work, delay, args, true));
  expose('clearTimeout', (id) => host.clearTimer(+id || 0));
  expose('clearInterval', (id) => host.clearTimer(+id || 0));
  expose('queueMicrotask', (work) => { Promise.resolve().then(work); });
  expose('requestAnimationFrame', (work) => timer(() => work(performance.now()), 16, [], false));
  expose('TestUtils', { gc: async () => host.collectGarbage() });

  // Elements: a tree of names and attributes, no more.
  class Node extends EventTarget {
    constructor() {
      super();
      slots.set(this, { interface: 'EventTarget', values: {} });
      Object.defineProperty(this, 'childNodes', { value: [] });
      this.parentElement = null;
    }
    get firstChild() { return this.childNodes[0] ?? null; }
    get parentNode() { return this.parentElement; }
    appendChild(child) {
      child.parentElement?.removeChild(child);
      child.parentElement = this;
      this.childNodes.push(child);
      child.inserted?.();
      return child;
    }
    removeChild(child) {
      const index = this.childNodes.indexOf(child);
      if (index < 0) {
        throw new DOMException('it is no child', 'NotFoundError');
      }
      this.childNodes.splice(index, 1);
      child.parentElement = null;
      child.removed?.();
      return child;
    }
    remove() { this.parentElement?.removeChild(this); }
  }
  seal(Node, 'Node');

  class Element extends Node {
    constructor(name = '') {
      super();
      this.localName = name;
      this.id = '';
      this.style = {};
    }
    get tagName() { return this.localName.toUpperCase(); }
    get children() { return this.childNodes.filter((n) => n instanceof Element); }
    setAttribute(name, value) { this[name] = `${value}`; }
    getAttribute(name) { return this[name] ?? null; }
    hasAttribute(name) { return name in this; }
    append(...children) { children.forEach((c) => this.appendChild(c)); }
    getElementsByTagName(name) {
      return this.children.flatMap((c) => [...(c.localName === name ? [c] : []), ...c.getElementsByTagName(name)]);
    }
    click() { this.dispatchEvent(new Event('click')); }
  }
  seal(Element, 'Element');
  const element = (name, parent = Element) => {
    const made = { [name]: class extends parent {} }[name];
    seal(made, name);
    return made;
  };
  element('HTMLElement');
  const canvas = element('HTMLCanvasElement', HTMLElement);

  // HTML 4.8.11, for a stream: the position grows with time while it plays.
  class HTMLMediaElement extends HTMLElement {
    #source = null;
    #started = null;
    #timer = 0;
    #playing = [];
    get srcObject() { return this.#source; }
    set srcObject(value) {
      this.#source = value;
      this.#stop();
      if (value !== null && this.autoplay) {
        this.play();
      }
    }
    get paused() { return this.#started === null; }
    get currentTime() { return this.#started === null ? 0 : (performance.now() - this.#started) / 1000; }
    get readyState() { return this.#started === null ? this.HAVE_NOTHING : this.HAVE_ENOUGH_DATA; }
    play() {
      if (this.#started === null && this.#source !== null) {
        this.#started = performance.now();
        this.#playing = this.#source.getTracks()
          .map((track) => host.play(slots.get(track).java)).filter((playing) => playing);
        this.#timer = setInterval(() => this.dispatchEvent(new Event('timeupdate')), 100);
        setTimeout(() => {
          for (const type of ['loadedmetadata', 'canplay', 'playing']) {
            this.dispatchEvent(new Event(type));
          }
        }, 0);
      }
      return Promise.resolve();
    }
    #stop() {
      clearInterval(this.#timer);
      this.#playing.forEach((playing) => host.endPlay(playing));
      this.#playing = [];
      this.#started = null;
    }
    pause() { this.#stop(); }
    load() {}
  }
  seal(HTMLMediaElement, 'HTMLMediaElement');
  ['HAVE_NOTHING', 'HAVE_METADATA', 'HAVE_CURRENT_DATA', 'HAVE_FUTURE_DATA', 'HAVE_ENOUGH_DATA'].forEach((name, value) => {
    Object.defineProperty(HTMLMediaElement, name, { value, enumerable: true });
    Object.defineProperty(HTMLMediaElement.prototype, name, { value, enumerable: true });
  });
  for (const type of ['timeupdate', 'loadedmetadata', 'canplay', 'playing']) {
    env.handler(HTMLMediaElement.prototype, 'on' + type);
  }
  const audio = element('HTMLAudioElement', HTMLMediaElement);
  const video = element('HTMLVideoElement', HTMLMediaElement);
  const iframe = frames(env, HTMLElement);
  const classes = { audio, video, canvas, iframe };

  class Document extends Element {
    constructor() {
      super('#document');
      this.readyState = 'loading';
      this.documentElement = this.appendChild(this.createElement('html'));
      this.head = this.documentElement.appendChild(this.createElement('head'));
      this.body = this.documentElement.appendChild(this.createElement('body'));
    }
    createElement(name) { return new (classes[name] ?? HTMLElement)(name); }
    createElementNS(space, name) { return this.createElement(name); }
    createTextNode(data) { return Object.assign(new Node(), { data, nodeType: 3 }); }
    getElementById(id) {
      const find = (node) => (node.id === id ? node : node.children.map(find).find((n) => n)) ?? null;
      return find(this.documentElement);
    }
    querySelector() { return null; }
    querySelectorAll() { return []; }
    get title() { return page.title; }
    get URL() { return location.href; }
    get defaultView() { return globalThis; }
  }
  seal(Document, 'Document');
  expose('document', new Document());
  env.handler(Document.prototype, 'onreadystatechange');
  for (const { name, attributes } of page.elements) {
    const parent = ['meta', 'title', 'script'].includes(name) ? document.head : document.body;
    const made = parent.appendChild(document.createElement(name));
    for (const [key, value] of Object.entries(attributes)) {
      made[key] = value;
    }
    if (name === 'title') {
      made.appendChild(document.createTextNode(page.title));
    }
    if (made.id) {
      expose(made.id, made);
    }
  }

  expose('origin', origin);
  expose('location', {
    href: origin + page.path, origin, protocol: 'https:', host: 'web-platform.test', hostname: 'web-platform.test',
    port: '', pathname: page.path, search: '', hash: '', toString() { return this.href; },
  });
  expose('console', Object.fromEntries(['log', 'info', 'warn', 'error', 'debug'].map((level) => [level, () => {}])));

  expose('fetch', async (url) => {
    const text = host.file(`${url}`);
    if (text === null) {
      return { ok: false, status: 404, statusText: 'Not Found', text: async () => '' };
    }
    return { ok: true, status: 200, statusText: 'OK', text: async () => text, json: async () => JSON.parse(text) };
  });

  // Encoding and files, as far as bytes go.
  const utf8 = (text) => new Uint8Array(env.buffer(host.encode(`${text}`.toWellFormed())));
  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return utf8(text); }
  }
  seal(TextEncoder, 'TextEncoder');
  const bytesOf = (data) => {
    if (data instanceof ArrayBuffer) {
      return new Uint8Array(data);
    }
    return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : utf8(data);
  };
  class TextDecoder {
    get encoding() { return 'utf-8'; }
    decode(data) { return host.decode(bytesOf(data).slice().buffer); }
  }
  seal(TextDecoder, 'TextDecoder');

  class Blob {
    constructor(parts = [], { type = '' } = {}) {
      const chunks = [...parts].map((p) => (p instanceof Blob ? new Uint8Array(slots.get(p).bytes) : bytesOf(p)));
      const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
      let offset = 0;
      for (const chunk of chunks) {
        all.set(chunk, offset);
        offset += chunk.length;
      }
      slots.set(this, { interface: 'Blob', bytes: all.buffer, type });
    }
    get size() { return slots.get(this).bytes.byteLength; }
    get type() { return slots.get(this).type; }
    async arrayBuffer() { return slots.get(this).bytes.slice(0); }
    async text() { return host.decode(slots.get(this).bytes); }
  }
  seal(Blob, 'Blob');
  class FileReader extends EventTarget {
    constructor() {
      super();
      this.result = null;
      this.error = null;
    }
    readAsArrayBuffer(blob) {
      setTimeout(() => {
        this.result = slots.get(blob).bytes.slice(0);
        this.dispatchEvent(new Event('load'));
      }, 0);
    }
  }
  seal(FileReader, 'FileReader');

  class AbortSignal extends EventTarget {
    aborted = false;
    reason = undefined;
  }
  seal(AbortSignal, 'AbortSignal');
  class AbortController {
    signal = new AbortSignal();
    abort(reason = new DOMException('aborted', 'AbortError')) {
      if (!this.signal.aborted) {
        this.signal.aborted = true;
        this.signal.reason = reason;
        this.signal.dispatchEvent(new Event('abort'));
      }
    }
  }
  seal(AbortController, 'AbortController');

  expose('structuredClone', (value) => (value === undefined ? value : JSON.parse(JSON.stringify(value))));

  // Synthetic devices: a microphone and a camera that really send (see SyntheticMedia).
  const devices = new EventTarget();
  devices.getUserMedia = async (constraints) => {
    if (!constraints?.audio && !constraints?.video) {
      throw new TypeError('audio or video must be asked for');
    }
    const tracks = ['audio', 'video'].filter((kind) => constraints[kind])
      .map((kind) => env.wrap('MediaStreamTrack', host.syntheticTrack(kind)));
    return new MediaStream(tracks);
  };
  // An oscillator and where it goes: another way to the same microphone.
  class AudioNode extends EventTarget {
    connect(other) { return other; }
    disconnect() {}
    start() {}
    stop() {}
  }
  seal(AudioNode, 'AudioNode');
  class MediaStreamAudioDestinationNode extends AudioNode {
    constructor(stream) {
      super();
      this.stream = stream;
    }
  }
  seal(MediaStreamAudioDestinationNode, 'MediaStreamAudioDestinationNode');
  class AudioContext extends EventTarget {
    createOscillator() { return new AudioNode(); }
    createMediaStreamDestination() {
      const track = env.wrap('MediaStreamTrack', host.syntheticTrack('audio'));
      return new MediaStreamAudioDestinationNode(new MediaStream([track]));
    }
    async close() {}
  }
  seal(AudioContext, 'AudioContext');

  const navigator = { mediaDevices: devices, userAgent: 'Yodel', platform: 'JVM' };
  expose('navigator', navigator);

  env.loaded = () => {
    document.readyState = 'complete';
    return [
      ...env.steps(document, new Event('DOMContentLoaded'), true),
      ...env.steps(document, new Event('readystatechange'), true),
      ...env.steps(globalThis, new Event('load'), true),
    ];
  };
});
