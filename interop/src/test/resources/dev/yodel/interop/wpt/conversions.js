// WebIDL 3.2: JavaScript values to the values of a WebIDL type, and Java's values back to JavaScript.
(function (env, definitions) {
  'use strict';
  const { slots, host } = env;

  const interfaces = new Map();
  const dictionaries = new Map();
  const enums = new Map();
  const callbacks = new Set();
  const typedefs = new Map();
  Object.assign(env, { interfaces, dictionaries, enums });

  const open = (map, def) => {
    if (!map.has(def.name)) {
      map.set(def.name, { name: def.name, inheritance: null, members: [], extAttrs: [] });
    }
    const entry = map.get(def.name);
    entry.inheritance ??= def.inheritance;
    entry.members.push(...def.members);
    entry.extAttrs.push(...def.extAttrs);
  };
  for (const def of definitions) {
    switch (def.type) {
      case 'interface': open(interfaces, def); break;
      case 'dictionary': open(dictionaries, def); break;
      case 'enum': enums.set(def.name, def.values.map((v) => v.value)); break;
      case 'callback': callbacks.add(def.name); break;
      case 'typedef': typedefs.set(def.name, def.idlType); break;
      default: break;
    }
  }
  // From other specifications: HR-TIME 4, ECMA-262, HTML, WebCrypto.
  const simple = (idlType) => ({ generic: '', nullable: false, union: false, idlType, extAttrs: [] });
  typedefs.set('DOMHighResTimeStamp', simple('double'));
  typedefs.set('EpochTimeStamp', simple('unsigned long long'));
  typedefs.set('AlgorithmIdentifier', { ...simple([simple('object'), simple('DOMString')]), union: true });
  typedefs.set('ArrayBufferView', simple('BufferView'));
  enums.set('BinaryType', ['blob', 'arraybuffer']);

  // Java may have a value more than the definition: one that browsers have kept.
  for (const [name, values] of enums) {
    for (const value of host.enumValues(name) ?? []) {
      if (!values.includes(value)) {
        values.push(value);
      }
    }
  }

  const flat = (type) => {
    let resolved = type;
    let nullable = type.nullable;
    while (typeof resolved.idlType === 'string' && !resolved.generic && typedefs.has(resolved.idlType)) {
      resolved = typedefs.get(resolved.idlType);
      nullable ||= resolved.nullable;
    }
    return { ...resolved, nullable };
  };

  const inherits = (name, ancestor) => {
    for (let at = name; at; at = interfaces.get(at)?.inheritance) {
      if (at === ancestor) {
        return true;
      }
    }
    return ancestor === 'EventTarget' && name === 'Window';
  };
  env.inherits = inherits;
  const implement = (value, name) =>
    (typeof value === 'object' && value !== null && slots.has(value) && inherits(slots.get(value).interface, name));
  env.implement = implement;

  const isInterface = (name) => interfaces.has(name) || name === 'EventTarget' || name === 'Event' || name === 'Blob';
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
  const bad = (value, what) => new TypeError(`${typeof value === 'symbol' ? 'a symbol' : value} is no ${what}`);

  const integers = {
    byte: [8, true], octet: [8, false], short: [16, true], 'unsigned short': [16, false], long: [32, true],
    'unsigned long': [32, false], 'long long': [64, true], 'unsigned long long': [64, false],
  };
  const integer = (value, [bits, signed], attributes) => {
    let x = +value;
    const upper = bits === 64 ? 2 ** 53 - 1 : 2 ** (signed ? bits - 1 : bits) - 1;
    const lower = signed ? (bits === 64 ? -(2 ** 53) + 1 : -(2 ** (bits - 1))) : 0;
    if (attributes.has('EnforceRange')) {
      if (!Number.isFinite(x) || Math.trunc(x) < lower || Math.trunc(x) > upper) {
        throw new TypeError(`${x} is outside of ${lower} to ${upper}`);
      }
      return Math.trunc(x) + 0;
    }
    if (attributes.has('Clamp')) {
      return Number.isNaN(x) ? 0 : Math.round(Math.min(Math.max(x, lower), upper));
    }
    if (!Number.isFinite(x)) {
      return 0;
    }
    x = Math.trunc(x) % 2 ** bits;
    if (x < 0) {
      x += 2 ** bits;
    }
    return signed && x >= 2 ** (bits - 1) ? x - 2 ** bits : x + 0;
  };

  const dictionary = (value, name) => {
    if (value !== undefined && value !== null && !isObject(value)) {
      throw bad(value, name);
    }
    const result = {};
    const chain = [];
    for (let at = name; at; at = dictionaries.get(at)?.inheritance) {
      chain.unshift(dictionaries.get(at) ?? { members: [] });
    }
    for (const part of chain) {
      for (const member of [...part.members].sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const given = value === undefined || value === null ? undefined : value[member.name];
        if (given !== undefined) {
          result[member.name] = convert(member.idlType, given, member.extAttrs);
        } else if (member.required) {
          throw new TypeError(`${name} needs ${member.name}`);
        } else if (member.default) {
          result[member.name] = defaultOf(member.default, member.idlType);
        }
      }
    }
    return result;
  };

  const defaultOf = (value, type) => {
    switch (value.type) {
      case 'null': return null;
      case 'sequence': return [];
      case 'dictionary': return convert({ ...type, nullable: false }, undefined);
      case 'number': return Number(value.value);
      default: return value.value;
    }
  };
  env.defaultOf = defaultOf;

  const union = (value, types) => {
    const members = types.map(flat);
    const named = (test) => members.find(test);
    if ((value === null || value === undefined) && named((t) => t.nullable)) {
      return null;
    }
    if (value === null || value === undefined) {
      const record = named((t) => dictionaries.has(t.idlType));
      if (record) {
        return dictionary(value, record.idlType);
      }
    }
    if (isObject(value)) {
      const platform = named((t) => isInterface(t.idlType) && implement(value, t.idlType));
      if (platform) {
        return value;
      }
      const list = named((t) => t.generic === 'sequence' || t.generic === 'FrozenArray');
      if (list && value[Symbol.iterator] !== undefined && value[Symbol.iterator] !== null) {
        return convert(list, value);
      }
      const record = named((t) => dictionaries.has(t.idlType));
      if (record) {
        return dictionary(value, record.idlType);
      }
      if (named((t) => t.idlType === 'object')) {
        return value;
      }
    }
    const kinds = [
      [typeof value === 'boolean', (t) => t.idlType === 'boolean'],
      [typeof value === 'number', (t) => t.idlType in integers || /double|float/.test(t.idlType)],
      [true, (t) => /String$/.test(t.idlType) || enums.has(t.idlType)],
      [true, (t) => t.idlType in integers || /double|float/.test(t.idlType)],
      [true, (t) => t.idlType === 'boolean'],
    ];
    for (const [applies, test] of kinds) {
      const found = applies && named(test);
      if (found) {
        return convert(found, value);
      }
    }
    throw bad(value, 'member of the union');
  };

  // A JavaScript value as a value of a type; what is no such value throws TypeError.
  const convert = (type, value, memberAttributes = []) => {
    const resolved = flat(type);
    if (resolved.nullable && (value === null || value === undefined)) {
      return null;
    }
    if (resolved.union) {
      return union(value, resolved.idlType);
    }
    if (resolved.generic === 'sequence' || resolved.generic === 'FrozenArray') {
      if (!isObject(value) || typeof value[Symbol.iterator] !== 'function') {
        throw bad(value, 'sequence');
      }
      return [...value].map((element) => convert(resolved.idlType[0], element));
    }
    if (resolved.generic === 'Promise') {
      return Promise.resolve(value);
    }
    const name = resolved.idlType;
    const attributes = new Set([...resolved.extAttrs, ...type.extAttrs, ...memberAttributes].map((a) => a.name));
    if (name in integers) {
      return integer(value, integers[name], attributes);
    }
    switch (name) {
      case 'any': return value;
      case 'undefined': return undefined;
      case 'boolean': return !!value;
      case 'double':
      case 'float': {
        const x = +value;
        if (!Number.isFinite(x)) {
          throw bad(value, 'finite number');
        }
        return x;
      }
      case 'unrestricted double': return +value;
      case 'DOMString': return `${value}`;
      case 'ByteString': return `${value}`;
      case 'USVString': return `${value}`.toWellFormed();
      case 'object':
        if (!isObject(value)) {
          throw bad(value, 'object');
        }
        return value;
      case 'ArrayBuffer':
        if (!(value instanceof ArrayBuffer)) {
          throw bad(value, 'ArrayBuffer');
        }
        return value;
      case 'BufferView':
        if (!ArrayBuffer.isView(value)) {
          throw bad(value, 'view of a buffer');
        }
        return value;
      default:
    }
    if (enums.has(name)) {
      const text = `${value}`;
      if (!enums.get(name).includes(text)) {
        throw new TypeError(`'${text}' is not one of ${name}'s values`);
      }
      return text;
    }
    if (dictionaries.has(name)) {
      return dictionary(value, name);
    }
    if (callbacks.has(name) || name === 'VoidFunction' || name === 'Function') {
      if (typeof value !== 'function') {
        throw bad(value, 'function');
      }
      return value;
    }
    if (isInterface(name)) {
      if (!implement(value, name)) {
        throw bad(isObject(value) ? 'an object' : value, name);
      }
      return value;
    }
    throw new TypeError(`the bridge does not know the type ${name}`);
  };
  env.convert = convert;

  // Whether a value selects this overload (WebIDL 3.6), by the kind of its type.
  env.suits = (type, value, optional) => {
    const resolved = flat(type);
    if (value === undefined && optional) {
      return 1;
    }
    if (resolved.nullable && (value === null || value === undefined)) {
      return 3;
    }
    const name = resolved.idlType;
    if (resolved.union) {
      return 1;
    }
    if (callbacks.has(name) || name === 'VoidFunction') {
      return typeof value === 'function' ? 3 : 0;
    }
    if (resolved.generic === 'sequence') {
      return isObject(value) && typeof value[Symbol.iterator] === 'function' ? 2 : 0;
    }
    if (dictionaries.has(name)) {
      return value === undefined || value === null || isObject(value) ? 2 : 0;
    }
    if (name === 'ArrayBuffer') {
      return value instanceof ArrayBuffer ? 3 : 0;
    }
    if (name === 'BufferView') {
      return ArrayBuffer.isView(value) ? 3 : 0;
    }
    if (isInterface(name)) {
      return implement(value, name) ? 3 : 0;
    }
    return 1;
  };

  // What Java's methods get: platform objects become their Java objects, buffers become their bytes.
  const toHost = (value) => {
    if (!isObject(value)) {
      return value === undefined ? null : value;
    }
    const slot = slots.get(value);
    if (slot) {
      return slot.java ?? slot.bytes ?? null;
    }
    if (Array.isArray(value)) {
      return value.map(toHost);
    }
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value) || typeof value === 'function') {
      return ArrayBuffer.isView(value)
        ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice().buffer
        : value;
    }
    const copy = {};
    for (const [key, member] of Object.entries(value)) {
      copy[key] = toHost(member);
    }
    return copy;
  };
  env.toHost = toHost;

  env.buffer = (java) => new Uint8Array(new ArrayBuffer(host.bytes(java))).slice().buffer;

  // Java's plain values (statistics, for example) as JavaScript's.
  const plain = (java) => {
    const kind = host.kind(java);
    switch (kind) {
      case 'primitive': return host.primitive(java);
      case 'text': return host.text(java);
      case 'list': return [...host.list(java)].map(plain);
      case 'record': {
        const object = {};
        for (const key of host.keys(java)) {
          const member = host.member(java, key);
          if (member !== null && member !== undefined) {
            object[key] = plain(member);
          }
        }
        return object;
      }
      case 'bytes': return env.buffer(java);
      default: return undefined;
    }
  };
  env.plain = plain;

  // A value of Java as a value of a type.
  const fromHost = (type, java) => {
    const resolved = flat(type);
    if (java === null || java === undefined) {
      return resolved.idlType === 'undefined' || resolved.idlType === 'any' ? undefined : null;
    }
    if (resolved.union) {
      return plain(java);
    }
    if (resolved.generic === 'sequence' || resolved.generic === 'FrozenArray') {
      const list = [...host.list(java)].map((element) => fromHost(resolved.idlType[0], element));
      return resolved.generic === 'FrozenArray' ? Object.freeze(list) : list;
    }
    if (resolved.generic === 'Promise') {
      return promise(resolved.idlType[0], java);
    }
    const name = resolved.idlType;
    if (name === 'undefined') {
      return undefined;
    }
    if (name === 'ArrayBuffer') {
      return env.buffer(java);
    }
    if (dictionaries.has(name)) {
      const object = {};
      for (let at = name; at; at = dictionaries.get(at)?.inheritance) {
        for (const member of dictionaries.get(at)?.members ?? []) {
          const value = host.member(java, member.name);
          if (value !== null && value !== undefined) {
            object[member.name] = fromHost(member.idlType, value);
          }
        }
      }
      return object;
    }
    if (isInterface(name)) {
      return env.wrap(name, java);
    }
    return plain(java);
  };
  env.fromHost = fromHost;

  const promise = (type, java) => {
    const settled = host.settled(java);
    if (settled === 'value') {
      return Promise.resolve(fromHost(type, host.value(java)));
    }
    if (settled === 'error') {
      return Promise.reject(env.error(host.failure(java)));
    }
    return new Promise((resolve, reject) => host.whenSettled(
      java,
      (value) => resolve(fromHost(type, value)),
      (error) => reject(env.error(error))));
  };

  // What Java threw, as a browser would throw it. What the page itself threw stays what it is.
  env.error = (thrown) => {
    const kind = host.errorKind(thrown);
    switch (kind) {
      case 'script': return thrown;
      case 'NoConstant':
      case 'TypeError': return new TypeError(host.errorMessage(thrown));
      case 'RangeError': return new RangeError(host.errorMessage(thrown));
      case 'RTCError': return env.rtcError(host.rtcError(thrown));
      case 'internal': return new Error('the library failed: ' + host.errorMessage(thrown));
      default: return new DOMException(host.errorMessage(thrown), kind);
    }
  };
  env.rtcError = (java) => {
    const init = fromHost(simple('RTCErrorInit'), java);
    return new globalThis.RTCError(init, host.text(host.member(java, 'message')));
  };
});
