// WebIDL 3.7: interface objects, prototypes, operations and attributes, made from the definitions. A member is there
// if the Java class of that name has it. Nothing here knows what a member does.
(function (env) {
  'use strict';
  const { slots, host, interfaces, convert, toHost, fromHost } = env;

  const lower = (name) => name.toLowerCase();
  // What Java calls it, and which members (in lower case, with the number of arguments) it has.
  const java = new Map();
  const described = (name) => {
    if (!java.has(name)) {
      const text = host.describe(name);
      java.set(name, text === null ? null : new Set(JSON.parse(text)));
    }
    return java.get(name);
  };
  const hasOperation = (name, operation) =>
    [...(described(name) ?? [])].some((member) => member.startsWith(lower(operation) + '/'));

  const isEvent = (name) => env.inherits(name, 'Event');
  const isError = (name) => env.inherits(name, 'DOMException');
  const pure = (name) => isEvent(name) || isError(name);

  const check = (self, name) => {
    const object = self ?? globalThis;
    if (!env.implement(object, name)) {
      throw new TypeError(`this is no ${name}`);
    }
    return slots.get(object);
  };

  const guarded = (work) => {
    try {
      return work();
    } catch (error) {
      throw env.error(error);
    }
  };

  const required = (parameters) => {
    const index = parameters.findIndex((p) => p.optional || p.variadic);
    return index < 0 ? parameters.length : index;
  };
  const longest = (parameters) => (parameters.some((p) => p.variadic) ? Infinity : parameters.length);

  // WebIDL 3.6: which of the overloads is meant.
  const select = (overloads, args, what) => {
    const least = Math.min(...overloads.map((o) => required(o.arguments)));
    if (args.length < least) {
      throw new TypeError(`${what} needs ${least} arguments, not ${args.length}`);
    }
    const most = Math.max(...overloads.map((o) => longest(o.arguments)));
    const count = Math.min(args.length, most);
    const fitting = overloads.filter((o) => required(o.arguments) <= count && longest(o.arguments) >= count);
    let best = null;
    let bestScore = -1;
    for (const candidate of fitting) {
      let score = 0;
      for (let i = 0; i < count && score >= 0 && fitting.length > 1; i++) {
        const parameter = candidate.arguments[Math.min(i, candidate.arguments.length - 1)];
        const suits = env.suits(parameter.idlType, args[i], parameter.optional);
        score = suits === 0 ? -1 : score + suits;
      }
      if (score > bestScore) {
        best = candidate;
        bestScore = score;
      }
    }
    if (!best) {
      throw new TypeError(`no form of ${what} takes these arguments`);
    }
    return best;
  };

  const convertAll = (parameters, args) => {
    const values = [];
    parameters.forEach((parameter, i) => {
      if (parameter.variadic) {
        values.push(args.slice(i).map((value) => convert(parameter.idlType, value, parameter.extAttrs)));
      } else if (args[i] === undefined && parameter.optional) {
        values.push(parameter.default ? env.defaultOf(parameter.default, parameter.idlType) : undefined);
      } else {
        values.push(convert(parameter.idlType, args[i], parameter.extAttrs));
      }
    });
    while (values.length > 0 && values[values.length - 1] === undefined) {
      values.pop();
    }
    return values;
  };

  // An interface of Java's object, always the same one for the same object.
  env.wrap = (name, object) => {
    if (name === 'RTCError') {
      return env.rtcError(object);
    }
    const known = host.wrapper(object);
    if (known !== null && known !== undefined) {
      return known;
    }
    return env.adopt(name, object, Object.create(globalThis[name].prototype));
  };

  env.adopt = (name, object, self) => {
    slots.set(self, { interface: name, java: object });
    host.remember(object, self);
    for (const attribute of handlers(name)) {
      host.listen(object, name, lower(attribute), (event) => {
        const made = env.eventFor(attribute.slice(2), event, self);
        return env.steps(self, made, true);
      });
    }
    if (env.maplike.has(name)) {
      const map = new Map();
      const entries = host.member(object, 'entries');
      for (const key of host.keys(entries)) {
        const { members, ...value } = env.plain(host.member(entries, key));
        map.set(key, { ...value, ...members });
      }
      slots.get(self).map = map;
    }
    return self;
  };

  const handlers = (name) => {
    const found = [];
    for (let at = name; at && interfaces.has(at); at = interfaces.get(at).inheritance) {
      for (const member of interfaces.get(at).members) {
        if (member.type === 'attribute' && member.idlType.idlType === 'EventHandler'
            && described(at)?.has(lower(member.name) + '/1')) {
          found.push(member.name);
        }
      }
    }
    return found;
  };

  // The event object for what a Java listener got.
  env.eventFor = (type, object, target) => {
    if (object === null || object === undefined) {
      return new Event(type);
    }
    const name = host.eventName(object, [...interfaces.keys()]);
    if (name === 'RTCError') {
      return new globalThis.RTCErrorEvent(type, { error: env.wrap('RTCError', object) });
    }
    if (name === 'MessageEvent') {
      return new MessageEvent(type, { data: env.messageData(object, target) });
    }
    if (!interfaces.has(name)) {
      return new Event(type);
    }
    const event = new Event(type);
    Object.setPrototypeOf(event, globalThis[name].prototype);
    slots.set(event, { interface: name, values: {} });
    for (let at = name; interfaces.has(at); at = interfaces.get(at).inheritance) {
      for (const member of interfaces.get(at).members.filter((m) => m.type === 'attribute')) {
        slots.get(event).values[member.name] = fromHost(member.idlType, host.member(object, member.name));
      }
    }
    return event;
  };

  env.messageData = (message, target) => {
    if (host.member(message, 'isText')) {
      return host.text(host.member(message, 'text'));
    }
    const bytes = env.buffer(host.member(message, 'bytes'));
    return target.binaryType === 'blob' ? new Blob([bytes]) : bytes;
  };

  env.maplike = new Set();

  const method = (name, length, work) => {
    const made = { [name](...args) { return work(this, args); } }[name];
    Object.defineProperty(made, 'length', { value: length, configurable: true });
    return made;
  };

  const returnsPromise = (type) => type.generic === 'Promise';

  const invoke = (name, slot, operation, args) =>
    guarded(() => host.invoke(slot?.java ?? null, name, lower(operation), toHost(args)));

  // The forms with callbacks (WebRTC 1.0, 4.4.3) are the same operation, whose promise calls back.
  const callbackForm = (overload) =>
    overload.arguments.some((a) => ['RTCPeerConnectionErrorCallback'].includes(a.idlType.idlType));

  const operate = (def, name, overloads, isStatic) => {
    const promises = returnsPromise(overloads[0].idlType);
    const length = Math.min(...overloads.map((o) => required(o.arguments)));
    const run = (self, args) => {
      const slot = isStatic ? null : check(self, def.name);
      const chosen = select(overloads, args, name);
      if (callbackForm(chosen)) {
        const values = convertAll(chosen.arguments, args);
        const functions = values.filter((v) => typeof v === 'function');
        const main = overloads.find((o) => !callbackForm(o));
        const rest = values.filter((v) => typeof v !== 'function');
        const returned = fromHost(main.idlType, invoke(def.name, slot, name, rest));
        returned.then((value) => functions[0](value), (error) => functions[1](error));
        return Promise.resolve();
      }
      if (name === 'toJSON' && !hasOperation(def.name, name)) {
        const object = {};
        for (const member of env.dictionaries.get(chosen.idlType.idlType).members) {
          object[member.name] = self[member.name];
        }
        return object;
      }
      const values = convertAll(chosen.arguments, args);
      try {
        return fromHost(chosen.idlType, host.invoke(slot?.java ?? null, def.name, lower(name), toHost(values)));
      } catch (error) {
        // A string that Java has no constant for: there is nothing of that name, where the answer may be nothing.
        if (chosen.idlType.nullable && host.errorKind(error) === 'NoConstant') {
          return null;
        }
        throw env.error(error);
      }
    };
    return method(name, length, (self, args) => {
      if (!promises) {
        return run(self, args);
      }
      try {
        return run(self, args);
      } catch (error) {
        return Promise.reject(error);
      }
    });
  };

  // In which class a page gets bytes is a matter of JavaScript alone.
  const binaryType = (target, def) => {
    env.attribute(target, 'binaryType',
      function () { return check(this, def.name).binaryType ?? 'arraybuffer'; },
      function (value) {
        const slot = check(this, def.name);
        if (env.enums.get('BinaryType').includes(`${value}`)) {
          slot.binaryType = `${value}`;
        }
      });
  };

  const defineAttribute = (target, def, member) => {
    const name = member.name;
    if (member.idlType.idlType === 'BinaryType') {
      binaryType(target, def);
      return;
    }
    if (member.idlType.idlType === 'EventHandler') {
      env.handler(target, name);
      const own = Object.getOwnPropertyDescriptor(target, name);
      env.attribute(target, name,
        function () { check(this, def.name); return own.get.call(this); },
        function (value) { check(this, def.name); own.set.call(this, value); });
      return;
    }
    const get = function () {
      const slot = check(this, def.name);
      if (slot.values) {
        return slot.values[name];
      }
      return fromHost(member.idlType, guarded(() => host.invoke(slot.java, def.name, lower(name), [])));
    };
    const set = member.readonly ? undefined : function (value) {
      const slot = check(this, def.name);
      if (arguments.length === 0) {
        throw new TypeError(`${name} needs a value`);
      }
      if (env.enums.has(member.idlType.idlType) && !env.enums.get(member.idlType.idlType).includes(`${value}`)) {
        return;
      }
      const converted = convert(member.idlType, value, member.extAttrs);
      guarded(() => host.invoke(slot.java, def.name, lower(name), [toHost(converted)]));
    };
    env.attribute(target, name, get, set);
  };

  const present = (def, member) => {
    if (pure(def.name)) {
      return true;
    }
    const name = lower(member.name ?? '');
    const has = described(def.name);
    switch (member.type) {
      case 'attribute':
        if (member.idlType.idlType === 'BinaryType') {
          return true;
        }
        return member.idlType.idlType === 'EventHandler'
          ? has.has(name + '/1') && (member.idlType.idlType !== 'EventHandler' || host.hasEvent(def.name, name))
          : has.has(name + '/0') && (member.readonly || has.has(name + '/1'));
      case 'operation':
        return hasOperation(def.name, name) || (name === 'tojson' && env.dictionaries.has(member.idlType.idlType))
          || host.hasFactory(def.name, name);
      default:
        return true;
    }
  };

  const construct = (def, self, args, overloads) => {
    const chosen = select(overloads, args, def.name);
    const values = convertAll(chosen.arguments, args);
    if (isEvent(def.name)) {
      slots.set(self, { interface: def.name, values: initial(def, values[1] ?? {}) });
    } else if (isError(def.name)) {
      slots.set(self, { interface: def.name, values: initial(def, values[0]) });
    } else {
      const object = guarded(() => host.construct(def.name, toHost(values)));
      env.adopt(def.name, object, self);
    }
    return self;
  };

  // Attributes of an event or error are members of the dictionary it was made with.
  const initial = (def, init) => {
    const values = {};
    for (let at = def.name; interfaces.has(at); at = interfaces.get(at).inheritance) {
      for (const member of interfaces.get(at).members.filter((m) => m.type === 'attribute')) {
        let value = init[member.name];
        if (member.idlType.generic === 'FrozenArray') {
          value = Object.freeze([...(value ?? [])]);
        }
        values[member.name] = value ?? (/String$/.test(member.idlType.idlType) && !member.idlType.nullable ? '' : null);
      }
    }
    return values;
  };

  const make = (def) => {
    const parent = def.inheritance ? globalThis[def.inheritance] : null;
    const constructors = def.members.filter((m) => m.type === 'constructor');
    const constructor = { [def.name]: function (...args) {
      if (!new.target) {
        throw new TypeError(`${def.name} is made with new`);
      }
      if (constructors.length === 0) {
        throw new TypeError(`Illegal constructor: ${def.name}`);
      }
      let self;
      if (isEvent(def.name)) {
        select(constructors, args, def.name);
        self = Reflect.construct(Event, [args[0], args[1]], new.target);
      } else if (isError(def.name)) {
        select(constructors, args, def.name);
        self = Reflect.construct(DOMException, [args[1] ?? '', 'OperationError'], new.target);
      } else {
        self = Object.create(new.target.prototype);
      }
      return construct(def, self, args, constructors);
    } }[def.name];
    const length = constructors.length ? Math.min(...constructors.map((c) => required(c.arguments))) : 0;
    Object.defineProperty(constructor, 'length', { value: length, configurable: true });
    if (parent) {
      Object.setPrototypeOf(constructor, parent);
    }
    const prototype = Object.create(parent ? parent.prototype : Object.prototype);
    Object.defineProperty(prototype, 'constructor', { value: constructor, writable: true, configurable: true });
    Object.defineProperty(constructor, 'prototype', { value: prototype, writable: false });
    Object.defineProperty(prototype, Symbol.toStringTag, { value: def.name, configurable: true });

    const operations = new Map();
    for (const member of def.members) {
      if (!present(def, member)) {
        continue;
      }
      if (member.type === 'attribute') {
        defineAttribute(prototype, def, member);
      } else if (member.type === 'operation' && member.name) {
        const key = (member.special === 'static' ? 'static ' : '') + member.name;
        operations.set(key, [...(operations.get(key) ?? []), member]);
      } else if (member.type === 'const') {
        for (const target of [constructor, prototype]) {
          Object.defineProperty(target, member.name, { value: Number(member.value.value), enumerable: true });
        }
      } else if (member.type === 'maplike') {
        env.maplike.add(def.name);
        maplike(prototype, def);
      }
    }
    for (const [key, overloads] of operations) {
      const isStatic = key.startsWith('static ');
      const name = overloads[0].name;
      Object.defineProperty(isStatic ? constructor : prototype, name, {
        value: operate(def, name, overloads, isStatic), writable: true, enumerable: true, configurable: true,
      });
    }
    env.expose(def.name, constructor);
  };

  const maplike = (prototype, def) => {
    const map = (self) => check(self, def.name).map;
    const methods = {
      entries: (self) => map(self).entries(),
      keys: (self) => map(self).keys(),
      values: (self) => map(self).values(),
      forEach: (self, [callback, thisArgument]) =>
        map(self).forEach((value, key) => callback.call(thisArgument, value, key, self)),
      get: (self, [key]) => map(self).get(`${key}`),
      has: (self, [key]) => map(self).has(`${key}`),
    };
    for (const [name, work] of Object.entries(methods)) {
      Object.defineProperty(prototype, name, {
        value: method(name, ['forEach', 'get', 'has'].includes(name) ? 1 : 0, work),
        writable: true, enumerable: true, configurable: true,
      });
    }
    Object.defineProperty(prototype, Symbol.iterator, {
      value: prototype.entries, writable: true, enumerable: false, configurable: true,
    });
    env.attribute(prototype, 'size', function () { return map(this).size; });
  };

  const made = new Set();
  const makeInOrder = (def) => {
    if (made.has(def.name)) {
      return;
    }
    made.add(def.name);
    if (interfaces.has(def.inheritance)) {
      makeInOrder(interfaces.get(def.inheritance));
    }
    if (described(def.name) !== null && (!def.inheritance || globalThis[def.inheritance])) {
      make(def);
    }
  };
  for (const def of interfaces.values()) {
    makeInOrder(def);
  }

  // What there is before the page's scripts run.
  env.platform = new Set(Object.getOwnPropertyNames(globalThis));
});
