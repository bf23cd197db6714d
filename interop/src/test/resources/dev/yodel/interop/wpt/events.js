// DOMException, Event and EventTarget, as the DOM standard has them, for objects that live outside a document.
(function (env) {
  'use strict';

  // What a platform object is: { interface, java, values, handlers, listeners }.
  const slots = new WeakMap();
  env.slots = slots;

  env.expose = (name, value, target = globalThis) =>
    Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });

  env.attribute = (prototype, name, get, set) => {
    Object.defineProperty(get, 'name', { value: 'get ' + name });
    if (set) {
      Object.defineProperty(set, 'name', { value: 'set ' + name });
    }
    Object.defineProperty(prototype, name, { get, set, enumerable: true, configurable: true });
  };

  const seal = (constructor, tag) => {
    Object.defineProperty(constructor, 'prototype', { writable: false, enumerable: false, configurable: false });
    Object.defineProperty(constructor.prototype, Symbol.toStringTag, { value: tag, configurable: true });
    for (const name of Object.getOwnPropertyNames(constructor.prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(constructor.prototype, name);
      if (name !== 'constructor') {
        Object.defineProperty(constructor.prototype, name, { ...descriptor, enumerable: true });
      }
    }
    env.expose(tag, constructor);
  };
  env.seal = seal;

  // WebIDL 2.8.1
  const codes = {
    IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5,
    NoModificationAllowedError: 7, NotFoundError: 8, NotSupportedError: 9, InUseAttributeError: 10,
    InvalidStateError: 11, SyntaxError: 12, InvalidModificationError: 13, NamespaceError: 14,
    InvalidAccessError: 15, TypeMismatchError: 17, SecurityError: 18, NetworkError: 19, AbortError: 20,
    URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23, InvalidNodeTypeError: 24, DataCloneError: 25,
  };

  class DOMException {
    #name;
    #message;
    constructor(message = '', name = 'Error') {
      this.#message = `${message}`;
      this.#name = `${name}`;
      Object.defineProperty(this, 'stack', {
        value: new Error(this.#message).stack, writable: true, enumerable: false, configurable: true,
      });
    }
    get name() { return this.#name; }
    get message() { return this.#message; }
    get code() { return codes[this.#name] ?? 0; }
  }
  Object.setPrototypeOf(DOMException.prototype, Error.prototype);
  seal(DOMException, 'DOMException');
  for (const [name, code] of Object.entries(codes)) {
    const constant = name.replace('URL', 'Url').replace(/Error$/, '').replace(/(.)([A-Z])/g, '$1_$2').toUpperCase() + '_ERR';
    for (const target of [DOMException, DOMException.prototype]) {
      Object.defineProperty(target, constant, { value: code, enumerable: true });
    }
  }

  const state = new WeakMap(); // of events

  class Event {
    constructor(type, init = {}) {
      if (arguments.length < 1) {
        throw new TypeError('an event needs a type');
      }
      const given = init ?? {};
      state.set(this, {
        type: `${type}`, bubbles: !!given.bubbles, cancelable: !!given.cancelable, composed: !!given.composed,
        target: null, currentTarget: null, phase: 0, prevented: false, stopped: false, ended: false,
        dispatching: false, trusted: false, timeStamp: globalThis.performance ? performance.now() : 0,
      });
      slots.set(this, { interface: 'Event', values: {} });
    }
    get type() { return state.get(this).type; }
    get target() { return state.get(this).target; }
    get srcElement() { return state.get(this).target; }
    get currentTarget() { return state.get(this).currentTarget; }
    composedPath() { return state.get(this).currentTarget ? [state.get(this).currentTarget] : []; }
    get eventPhase() { return state.get(this).phase; }
    stopPropagation() { state.get(this).stopped = true; }
    stopImmediatePropagation() { state.get(this).ended = true; }
    get bubbles() { return state.get(this).bubbles; }
    get cancelable() { return state.get(this).cancelable; }
    preventDefault() { state.get(this).prevented = state.get(this).cancelable; }
    get defaultPrevented() { return state.get(this).prevented; }
    get composed() { return state.get(this).composed; }
    get isTrusted() { return state.get(this).trusted; }
    get timeStamp() { return state.get(this).timeStamp; }
  }
  seal(Event, 'Event');

  const slotOf = (target) => {
    const object = target ?? globalThis;
    let slot = slots.get(object);
    if (!slot) {
      throw new TypeError('this is not an EventTarget');
    }
    slot.listeners ??= [];
    return slot;
  };

  class EventTarget {
    constructor() {
      slots.set(this, { interface: 'EventTarget', values: {} });
    }
    addEventListener(type, callback, options = {}) {
      const listeners = slotOf(this).listeners;
      const capture = typeof options === 'boolean' ? options : !!options?.capture;
      if (callback === null || callback === undefined
          || listeners.some((l) => l.type === type && l.callback === callback && l.capture === capture)) {
        return;
      }
      const listener = { type: `${type}`, callback, capture, once: !!options?.once, removed: false };
      listeners.push(listener);
      options?.signal?.addEventListener('abort', () => env.removeListener(this, listener));
    }
    removeEventListener(type, callback, options = {}) {
      const capture = typeof options === 'boolean' ? options : !!options?.capture;
      const found = slotOf(this).listeners.find(
        (l) => l.type === `${type}` && l.callback === callback && l.capture === capture && !l.handler);
      if (found) {
        env.removeListener(this, found);
      }
    }
    dispatchEvent(event) {
      for (const step of env.steps(this, event)) {
        step();
      }
      return !event.defaultPrevented;
    }
  }
  seal(EventTarget, 'EventTarget');

  env.removeListener = (target, listener) => {
    listener.removed = true;
    const listeners = slotOf(target).listeners;
    const index = listeners.indexOf(listener);
    if (index >= 0) {
      listeners.splice(index, 1);
    }
  };

  // The DOM's dispatch, as a list of functions: the host calls them one by one, so that promise jobs run between them.
  env.steps = (target, event, trusted = false) => {
    const of = state.get(event);
    const self = target ?? globalThis;
    Object.assign(of, { target: self, currentTarget: self, phase: 2, dispatching: true, trusted, ended: false });
    const steps = [...slotOf(self).listeners].filter((l) => l.type === of.type).map((listener) => () => {
      if (listener.removed || of.ended) {
        return;
      }
      if (listener.once) {
        env.removeListener(self, listener);
      }
      try {
        const callback = listener.callback;
        if (typeof callback === 'function') {
          const result = callback.call(self, event);
          if (listener.handler && result === false) {
            event.preventDefault();
          }
        } else if (typeof callback.handleEvent === 'function') {
          callback.handleEvent(event);
        }
      } catch (error) {
        env.report(error);
      }
    });
    steps.push(() => Object.assign(of, { currentTarget: null, phase: 0, dispatching: false }));
    return steps;
  };

  // HTML 8.1.8.1: an event handler attribute is a listener that keeps its place in the order while it is set.
  env.handler = (prototype, name) => {
    const type = name.slice(2);
    env.attribute(prototype, name,
      function () { return slotOf(this).handlers?.[type]?.callback ?? null; },
      function (value) {
        const slot = slotOf(this);
        const callback = typeof value === 'function' || (typeof value === 'object' && value !== null) ? value : null;
        slot.handlers ??= {};
        const present = slot.handlers[type];
        if (!callback) {
          if (present) {
            env.removeListener(this, present);
            delete slot.handlers[type];
          }
        } else if (present) {
          present.callback = callback;
        } else {
          slot.handlers[type] = { type, callback, capture: false, once: false, removed: false, handler: true };
          slot.listeners.push(slot.handlers[type]);
        }
      });
  };

  // An event class of our own making: the attributes are what the second argument has.
  env.eventClass = (name, defaults) => {
    const constructor = { [name]: class extends Event {
      constructor(type, init = {}) {
        super(type, init);
        const values = { ...defaults };
        for (const key of Object.keys(defaults)) {
          if (init?.[key] !== undefined) {
            values[key] = init[key];
          }
        }
        slots.set(this, { interface: name, values });
      }
    } }[name];
    for (const key of Object.keys(defaults)) {
      env.attribute(constructor.prototype, key, function () { return slots.get(this).values[key]; });
    }
    seal(constructor, name);
    return constructor;
  };
  env.eventClass('MessageEvent', { data: null, origin: '', lastEventId: '', source: null, ports: [] });
  env.eventClass('ErrorEvent', { message: '', filename: '', lineno: 0, colno: 0, error: undefined });
  env.eventClass('PromiseRejectionEvent', { promise: null, reason: undefined });

  // HTML 8.1.4.6: what a listener throws reaches the window's error event.
  env.report = (error) => {
    globalThis.dispatchEvent(new ErrorEvent('error', { message: `${error?.message ?? error}`, error }));
  };
});
