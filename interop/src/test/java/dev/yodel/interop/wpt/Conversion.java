package dev.yodel.interop.wpt;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * Values of JavaScript, already of their WebIDL type, as values of the library's types: dictionaries become records or
 * are built by builders, member by member, by their names.
 */
final class Conversion {
    private Conversion() {}

    static @Nullable Object toJava(Value value, Type type) throws Unconvertible {
        Class<?> raw = raw(type);
        if (value.isNull()) {
            if (raw.isPrimitive()) {
                throw new Unconvertible("null is no " + raw.getSimpleName(), false);
            }
            return null;
        }
        if (value.isHostObject()) {
            Object object = value.asHostObject();
            if (raw.isInstance(object)) {
                return object;
            }
            throw new Unconvertible(object.getClass().getSimpleName() + " is no " + raw.getSimpleName(), false);
        }
        if (value.hasBufferElements() && (raw.equals(byte[].class) || raw.equals(BigInteger.class))) {
            byte[] bytes = new byte[(int) value.getBufferSize()];
            value.readBuffer(0, bytes, 0, bytes.length);
            // WebCrypto: a BigInteger is a Uint8Array, the most significant byte first.
            return raw.equals(byte[].class) ? bytes : new BigInteger(1, bytes);
        }
        if (value.isString()) {
            return text(value.asString(), raw, type);
        }
        if (value.isBoolean()) {
            if (raw.equals(boolean.class) || raw.isAssignableFrom(Boolean.class)) {
                return value.asBoolean();
            }
        } else if (value.isNumber()) {
            return number(value, raw);
        } else if (value.hasArrayElements()) {
            return array(value, raw, type);
        } else if (value.hasMembers()) {
            return raw.equals(Map.class) || raw.equals(Object.class) ? map(value) : dictionary(value, raw);
        }
        throw new Unconvertible(value + " is no " + raw.getSimpleName(), false);
    }

    static Class<?> raw(Type type) {
        if (type instanceof Class<?> plain) {
            return plain;
        }
        return type instanceof ParameterizedType parameterized ? raw(parameterized.getRawType()) : Object.class;
    }

    private static Object text(String text, Class<?> raw, Type type) throws Unconvertible {
        if (raw.isAssignableFrom(String.class)) {
            return text;
        }
        if (raw.isEnum()) {
            for (Object constant : raw.getEnumConstants()) {
                if (constant.toString().equals(text)) {
                    return constant;
                }
            }
            throw new Unconvertible("'" + text + "' is no " + raw.getSimpleName(), true);
        }
        if (raw.equals(List.class)) {
            return List.of(text(text, raw(argument(type)), argument(type)));
        }
        throw new Unconvertible("'" + text + "' is no " + raw.getSimpleName(), false);
    }

    private static Type argument(Type type) {
        return type instanceof ParameterizedType parameterized
                ? parameterized.getActualTypeArguments()[0]
                : Object.class;
    }

    private static Object number(Value value, Class<?> raw) throws Unconvertible {
        double number = value.asDouble();
        if (raw.equals(double.class) || raw.equals(Double.class) || raw.equals(Object.class)) {
            return number;
        }
        if (raw.equals(int.class) || raw.equals(Integer.class)) {
            return (int) Math.min(number, Integer.MAX_VALUE);
        }
        if (raw.equals(long.class) || raw.equals(Long.class)) {
            return (long) number;
        }
        if (raw.equals(Duration.class)) {
            return Duration.ofNanos((long) (number * 1e6));
        }
        throw new Unconvertible(number + " is no " + raw.getSimpleName(), false);
    }

    private static Object array(Value value, Class<?> raw, Type type) throws Unconvertible {
        int size = (int) value.getArraySize();
        if (raw.isArray()) {
            Object array = Array.newInstance(raw.getComponentType(), size);
            for (int i = 0; i < size; i++) {
                Array.set(array, i, toJava(value.getArrayElement(i), raw.getComponentType()));
            }
            return array;
        }
        if (!raw.isAssignableFrom(List.class)) {
            throw new Unconvertible("a list is no " + raw.getSimpleName(), false);
        }
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            list.add(toJava(value.getArrayElement(i), argument(type)));
        }
        return list;
    }

    private static Map<String, @Nullable Object> map(Value value) throws Unconvertible {
        Map<String, @Nullable Object> map = new HashMap<>();
        for (String key : value.getMemberKeys()) {
            map.put(key, toJava(value.getMember(key), Object.class));
        }
        return map;
    }

    /** Null, or a dictionary of which nothing was given but empty strings, which may be defaults. */
    static boolean saysNothing(Value value) {
        if (value.isHostObject() || !value.hasMembers() || value.hasArrayElements() || value.hasBufferElements()) {
            return value.isNull();
        }
        for (String key : value.getMemberKeys()) {
            Value member = value.getMember(key);
            boolean empty = member.isString() && member.asString().isEmpty();
            if (!empty && !member.isNull()) {
                return false;
            }
        }
        return true;
    }

    private static boolean given(Value dictionary, String member) {
        return dictionary.hasMember(member) && !dictionary.getMember(member).isNull();
    }

    /** By the builder if it knows all that is given (it knows the defaults too), else by the record's components. */
    private static @Nullable Object dictionary(Value value, Class<?> raw) throws Unconvertible {
        Method builder = Arrays.stream(raw.getMethods())
                .filter(m -> m.getName().equals("builder") && Modifier.isStatic(m.getModifiers()))
                .min((a, b) -> Integer.compare(a.getParameterCount(), b.getParameterCount()))
                .orElse(null);
        RecordComponent[] components = raw.getRecordComponents();
        if (builder != null && (components == null || knowsAll(builder, value))) {
            return built(value, builder);
        }
        if (components == null) {
            return constructed(value, raw);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        types = withoutOurs(value, raw, components, types);
        @Nullable Object[] arguments = new Object[types.length];
        String missing = "";
        for (int i = 0; i < types.length; i++) {
            String name = components[i].getName();
            if (value.hasMember(name)) {
                arguments[i] = toJava(value.getMember(name), components[i].getGenericType());
            } else {
                missing += " " + name;
                if (types[i].isPrimitive()) {
                    throw new Unconvertible(raw.getSimpleName() + " needs" + missing, false);
                }
            }
        }
        try {
            return construct(raw.getDeclaredConstructor(types), arguments);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        } catch (NullPointerException e) {
            throw new Unconvertible(
                    raw.getSimpleName() + (missing.isEmpty() ? " takes no null" : " needs" + missing), false);
        }
    }

    /** Components at the end that the dictionary lacks, and that the record has a constructor without, are beyond W3C. */
    private static Class<?>[] withoutOurs(Value value, Class<?> raw, RecordComponent[] components, Class<?>[] types) {
        Class<?>[] rest = types;
        while (rest.length > 1 && !value.hasMember(components[rest.length - 1].getName())) {
            Class<?>[] shorter = Arrays.copyOf(rest, rest.length - 1);
            if (Arrays.stream(raw.getConstructors()).noneMatch(c -> Arrays.equals(c.getParameterTypes(), shorter))) {
                break;
            }
            rest = shorter;
        }
        return rest;
    }

    private static boolean knowsAll(Method builder, Value value) {
        return value.getMemberKeys().stream().filter(key -> given(value, key)).allMatch(key -> Arrays.stream(
                        builder.getReturnType().getMethods())
                .anyMatch(m -> m.getName().equalsIgnoreCase(key) && m.getParameterCount() == 1));
    }

    private static @Nullable Object built(Value value, Method factory) throws Unconvertible {
        Object builder = call(factory, null, named(value, factory.getParameters()));
        if (builder == null) {
            throw new IllegalStateException(factory + " gives nothing");
        }
        for (String key : value.getMemberKeys()) {
            if (!given(value, key)) {
                continue;
            }
            for (Method setter : builder.getClass().getMethods()) {
                if (setter.getName().toLowerCase(Locale.ROOT).equals(key.toLowerCase(Locale.ROOT))
                        && setter.getParameterCount() == 1) {
                    call(setter, builder, toJava(value.getMember(key), setter.getGenericParameterTypes()[0]));
                    break;
                }
            }
        }
        try {
            return call(builder.getClass().getMethod("build"), builder);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Object[] named(Value value, Parameter[] parameters) throws Unconvertible {
        @Nullable Object[] arguments = new Object[parameters.length];
        for (int i = 0; i < parameters.length; i++) {
            String name = parameters[i].getName();
            if (given(value, name)) {
                arguments[i] = toJava(value.getMember(name), parameters[i].getParameterizedType());
            } else if (parameters[i].getType().isPrimitive()) {
                throw new Unconvertible(name + " is missing", false);
            }
        }
        return arguments;
    }

    private static @Nullable Object constructed(Value value, Class<?> raw) throws Unconvertible {
        Constructor<?> longest = null;
        for (Constructor<?> candidate : raw.getConstructors()) {
            if (longest == null || candidate.getParameterCount() > longest.getParameterCount()) {
                longest = candidate;
            }
        }
        if (longest == null) {
            throw new Unconvertible("an object is no " + raw.getSimpleName(), false);
        }
        return construct(longest, named(value, longest.getParameters()));
    }

    private static Object construct(Constructor<?> constructor, @Nullable Object... arguments) {
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw rethrown(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static @Nullable Object call(Method method, @Nullable Object target, @Nullable Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw rethrown(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RuntimeException rethrown(InvocationTargetException e) {
        Throwable cause = e.getCause();
        if (cause instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(cause);
    }

    /** What the page may see of a Java value without asking: strings, numbers and booleans; all else stays opaque. */
    static @Nullable Object toScript(@Nullable Object value) {
        if (value instanceof Enum<?> constant) {
            return constant.toString();
        }
        if (value instanceof Duration duration) {
            return duration.toNanos() / 1e6;
        }
        if (value instanceof Number number && !(value instanceof Integer)) {
            return number.doubleValue();
        }
        return value;
    }

    static String kind(Object value) {
        if (value instanceof byte[]) {
            return "bytes";
        }
        if (value instanceof Collection<?> || value.getClass().isArray()) {
            return "list";
        }
        return value instanceof Record || value instanceof Map<?, ?> ? "record" : "object";
    }
}
