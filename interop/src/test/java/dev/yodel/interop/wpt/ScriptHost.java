package dev.yodel.interop.wpt;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtcErrorException;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtpReceiver;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * What the scripts of the bridge may ask of Java: call a method of an object by its W3C name, listen to its events, wait
 * for its futures. It knows no member of the API by name but the two that make connections and certificates. On the
 * page's thread.
 */
public final class ScriptHost {
    private final ApiClasses classes;
    private final PeerConnectionFactory factory;
    private final ScriptThread thread;
    private final SyntheticMedia media;
    private final IdentityHashMap<Object, Value> wrappers = new IdentityHashMap<>();

    ScriptHost(ApiClasses classes, PeerConnectionFactory factory, ScriptThread thread, SyntheticMedia media) {
        this.classes = classes;
        this.factory = factory;
        this.thread = thread;
        this.media = media;
    }

    // Classes.

    /** The members of the class behind a W3C interface, as JSON; null if there is no such class. */
    @HostAccess.Export
    public @Nullable String describe(String w3cName) {
        Class<?> type = classes.of(w3cName);
        return type == null ? null : classes.members(type).stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
    }

    /** Whether a class has an event of this name. */
    @HostAccess.Export
    public boolean hasEvent(String w3cName, String lowerName) {
        Class<?> type = classes.of(w3cName);
        return type != null && classes.methods(type, lowerName).stream().anyMatch(ScriptHost::isEvent);
    }

    private static boolean isEvent(Method method) {
        return method.getParameterCount() == 1 && method.getReturnType().equals(Registration.class);
    }

    /** The values of the enum behind a WebIDL enum; null if there is none. */
    @HostAccess.Export
    public Object @Nullable [] enumValues(String w3cName) {
        Class<?> type = classes.of(w3cName);
        return type == null || !type.isEnum()
                ? null
                : Arrays.stream(type.getEnumConstants()).map(Object::toString).toArray();
    }

    /** Whether the factory stands for a static operation of an interface. */
    @HostAccess.Export
    public boolean hasFactory(String w3cName, String lowerName) {
        return w3cName.equals("RTCPeerConnection")
                && !classes.methods(PeerConnectionFactory.class, lowerName).isEmpty();
    }

    // Objects.

    @HostAccess.Export
    public @Nullable Value wrapper(Object java) {
        return wrappers.get(java);
    }

    @HostAccess.Export
    public void remember(Object java, Value wrapper) {
        wrappers.put(java, wrapper);
        if (java instanceof RtpReceiver receiver && receiver.track().kind() == MediaKind.VIDEO) {
            // A browser takes every picture that comes, whether somebody looks or not.
            receiver.track().onFrame(frame -> {});
        }
    }

    @HostAccess.Export
    public Object construct(String w3cName, Value arguments) throws Unconvertible {
        switch (w3cName) {
            case "RTCPeerConnection" -> {
                return factory.newPeerConnection(present(arguments.getArrayElement(0), Configuration.class));
            }
            case "MediaStream" -> {
                return stream(arguments);
            }
            default -> {
                Class<?> type = classes.of(w3cName);
                Object made = type == null ? null : Conversion.toJava(arguments.getArrayElement(0), type);
                if (made == null) {
                    throw new Unconvertible("no " + w3cName + " can be made", false);
                }
                return made;
            }
        }
    }

    private static <T> T present(Value value, Class<T> type) throws Unconvertible {
        Object object = Conversion.toJava(value, type);
        if (object == null) {
            throw new Unconvertible("null is no " + type.getSimpleName(), false);
        }
        return type.cast(object);
    }

    private static MediaStream stream(Value arguments) throws Unconvertible {
        MediaStream stream = MediaStream.create();
        if (arguments.getArraySize() > 0) {
            Value from = arguments.getArrayElement(0);
            if (from.hasArrayElements()) {
                for (int i = 0; i < from.getArraySize(); i++) {
                    stream.addTrack(present(from.getArrayElement(i), MediaStreamTrack.class));
                }
            } else {
                present(from, MediaStream.class).getTracks().forEach(stream::addTrack);
            }
        }
        return stream;
    }

    /** Calls the form of a method that takes these arguments; trailing ones that say nothing may be left out. */
    @HostAccess.Export
    public @Nullable Object invoke(@Nullable Object target, String w3cName, String lowerName, Value arguments)
            throws Unconvertible {
        Class<?> type = classes.of(w3cName);
        Object object = target;
        if (object == null && hasFactory(w3cName, lowerName)) {
            object = factory;
            type = PeerConnectionFactory.class;
        }
        if (type == null) {
            throw new IllegalStateException("no class for " + w3cName);
        }
        Unconvertible first = null;
        for (Method method : classes.methods(type, lowerName)) {
            int count = method.getParameterCount();
            if (count > arguments.getArraySize() || ApiClasses.isStatic(method) != (object == null)) {
                continue;
            }
            if (first != null && !rest(arguments, count)) {
                continue;
            }
            @Nullable Object[] converted = new Object[count];
            try {
                for (int i = 0; i < count; i++) {
                    converted[i] =
                            Conversion.toJava(arguments.getArrayElement(i), method.getGenericParameterTypes()[i]);
                }
            } catch (Unconvertible e) {
                first = first == null ? e : first;
                continue;
            }
            return Conversion.toScript(Conversion.call(method, object, converted));
        }
        throw first != null ? first : new Unconvertible("no form of " + lowerName + " takes these arguments", false);
    }

    /** Whether all arguments from this one on say nothing. */
    private static boolean rest(Value arguments, int from) {
        for (long i = from; i < arguments.getArraySize(); i++) {
            if (!Conversion.saysNothing(arguments.getArrayElement(i))) {
                return false;
            }
        }
        return true;
    }

    /** Calls a listener of the page on each event. */
    @HostAccess.Export
    public void listen(Object target, String w3cName, String lowerName, Value steps) {
        Class<?> type = classes.of(w3cName);
        if (type == null) {
            return;
        }
        for (Method method : classes.methods(type, lowerName)) {
            if (!isEvent(method)) {
                continue;
            }
            Object listener = method.getParameterTypes()[0].equals(Runnable.class)
                    ? (Runnable) () -> dispatch(steps, null)
                    : (Consumer<Object>) event -> dispatch(steps, event);
            Conversion.call(method, target, listener);
        }
    }

    /** One call per listener: the engine runs promise jobs after each, as a browser does. */
    private void dispatch(Value steps, @Nullable Object event) {
        if (!thread.current()) {
            thread.execute(() -> dispatch(steps, event));
            return;
        }
        Value list = steps.execute(event);
        for (long i = 0; i < list.getArraySize(); i++) {
            list.getArrayElement(i).executeVoid();
        }
    }

    @HostAccess.Export
    public String eventName(Object event, List<String> w3cNames) {
        return classes.nameOf(event, w3cNames);
    }

    // Values.

    @HostAccess.Export
    public String kind(Object java) {
        if (java instanceof String || java instanceof Enum<?>) {
            return "text";
        }
        return java instanceof Number || java instanceof Boolean ? "primitive" : Conversion.kind(java);
    }

    @HostAccess.Export
    public @Nullable Object primitive(Object java) {
        return Conversion.toScript(java);
    }

    @HostAccess.Export
    public String text(Object java) {
        return java.toString();
    }

    @HostAccess.Export
    public Object[] list(Object java) {
        if (java instanceof Collection<?> collection) {
            return collection.stream().map(Conversion::toScript).toArray();
        }
        return (Object[]) java;
    }

    @HostAccess.Export
    public Object[] keys(Object java) {
        if (java instanceof Map<?, ?> map) {
            return map.keySet().stream().map(Object::toString).toArray();
        }
        RecordComponent[] components = java.getClass().getRecordComponents();
        return Arrays.stream(components).map(RecordComponent::getName).toArray();
    }

    @HostAccess.Export
    public @Nullable Object member(Object java, String name) {
        if (java instanceof Map<?, ?> map) {
            return Conversion.toScript(map.get(name));
        }
        Method getter = classes.getter(java.getClass(), name);
        return getter == null ? null : Conversion.toScript(Conversion.call(getter, java));
    }

    @HostAccess.Export
    public ByteBuffer bytes(Object java) {
        if (java instanceof ByteBuffer buffer) {
            ByteBuffer copy = ByteBuffer.allocate(buffer.remaining());
            return copy.put(buffer.duplicate()).flip();
        }
        return ByteBuffer.wrap((byte[]) java);
    }

    // Futures.

    @HostAccess.Export
    public String settled(Object java) {
        CompletableFuture<?> future = (CompletableFuture<?>) java;
        if (!future.isDone()) {
            return "no";
        }
        return future.isCompletedExceptionally() ? "error" : "value";
    }

    @HostAccess.Export
    public @Nullable Object value(Object java) {
        return Conversion.toScript(((CompletableFuture<?>) java).join());
    }

    @HostAccess.Export
    public Object failure(Object java) {
        List<Throwable> seen = new ArrayList<>();
        ((CompletableFuture<?>) java).handle((value, error) -> seen.add(error));
        if (!seen.isEmpty()) {
            return seen.get(0);
        }
        try {
            return String.valueOf(((CompletableFuture<?>) java).join());
        } catch (RuntimeException e) {
            return e;
        }
    }

    @HostAccess.Export
    public void whenSettled(Object java, Value resolve, Value reject) {
        ((CompletableFuture<?>) java).whenComplete((value, error) -> {
            Runnable settle = () -> {
                if (error == null) {
                    resolve.executeVoid(Conversion.toScript(value));
                } else {
                    reject.executeVoid(error);
                }
            };
            if (thread.current()) {
                settle.run();
            } else {
                thread.execute(settle);
            }
        });
    }

    // Errors.

    private static Throwable inner(Throwable thrown) {
        Throwable inner = thrown;
        while (true) {
            if (inner instanceof CompletionException && inner.getCause() != null) {
                inner = inner.getCause();
            } else if (inner instanceof PolyglotException foreign && foreign.isHostException()) {
                inner = foreign.asHostException();
            } else {
                return inner;
            }
        }
    }

    private static @Nullable Throwable thrown(Value value) {
        if (value.isHostObject() && value.asHostObject() instanceof Throwable error) {
            return inner(error);
        }
        if (value.isException()) {
            try {
                throw value.throwException();
            } catch (PolyglotException e) {
                return e.isHostException() ? inner(e.asHostException()) : null;
            } catch (RuntimeException e) {
                return inner(e);
            }
        }
        return null;
    }

    /** The name of the DOMException, or of the JavaScript error, that this is; "script" for one of the page's own. */
    @HostAccess.Export
    public String errorKind(Value value) {
        Throwable error = thrown(value);
        if (error == null) {
            return "script";
        }
        if (error instanceof RtcErrorException) {
            return "RTCError";
        }
        if (error instanceof RtcException named) {
            return named.name();
        }
        if (error instanceof Unconvertible unconvertible) {
            return unconvertible.noConstant() ? "NoConstant" : "TypeError";
        }
        return error instanceof IllegalArgumentException || error instanceof NullPointerException
                ? "TypeError"
                : "internal";
    }

    @HostAccess.Export
    public String errorMessage(Value value) {
        Throwable error = thrown(value);
        if (error == null) {
            return "";
        }
        boolean known = error instanceof RtcException || error instanceof Unconvertible;
        return known ? String.valueOf(error.getMessage()) : error + at(error);
    }

    private static String at(Throwable error) {
        StackTraceElement[] trace = error.getStackTrace();
        return trace.length == 0 ? "" : " at " + trace[0];
    }

    @HostAccess.Export
    public @Nullable Object rtcError(Value value) {
        return thrown(value) instanceof RtcErrorException error ? error.error() : null;
    }

    // The rest of the world.

    @HostAccess.Export
    public Object syntheticTrack(String kind) {
        return media.track(kind.toLowerCase(Locale.ROOT));
    }

    /** A media element plays a track: its sound is decoded and its frames are put together, and then thrown away. */
    @HostAccess.Export
    public @Nullable Object play(Object track) {
        if (!(track instanceof RemoteTrack remote)) {
            return null;
        }
        return remote.kind() == MediaKind.AUDIO ? remote.onPcm(frame -> {}) : remote.onFrame(frame -> {});
    }

    @HostAccess.Export
    public void endPlay(Object playing) {
        ((Registration) playing).close();
    }

    @HostAccess.Export
    public int timer(Value work, double delayMillis, boolean repeat) {
        return thread.timer(work::executeVoid, delayMillis, repeat);
    }

    @HostAccess.Export
    public void clearTimer(double id) {
        thread.clearTimer((int) id);
    }
}
