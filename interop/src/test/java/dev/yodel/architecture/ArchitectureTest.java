package dev.yodel.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final Set<String> CLOCKS = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.time.Instant.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.LocalDate.now",
            "java.time.Clock.systemUTC",
            "java.lang.Math.random",
            "java.lang.Thread.sleep",
            "java.lang.Thread.currentThread",
            "java.lang.Object.wait",
            "java.lang.Object.notify",
            "java.lang.Object.notifyAll",
            "java.net.InetAddress.getLocalHost",
            "java.net.InetAddress.getAllByName",
            "java.net.NetworkInterface.getNetworkInterfaces");

    private static final List<String> THREADS_AND_SOCKETS = List.of(
            "java.lang.Thread",
            "java.lang.ThreadGroup",
            "java.util.Timer",
            "java.util.TimerTask",
            "java.util.concurrent.locks.",
            "java.util.concurrent.Executors",
            "java.util.concurrent.ExecutorService",
            "java.util.concurrent.ScheduledExecutorService",
            "java.util.concurrent.ForkJoinPool",
            "java.util.concurrent.ThreadPoolExecutor",
            "java.util.concurrent.CompletableFuture",
            "java.util.concurrent.CountDownLatch",
            "java.util.concurrent.Semaphore",
            "java.util.concurrent.BlockingQueue",
            "java.util.concurrent.LinkedBlockingQueue",
            "java.util.concurrent.ArrayBlockingQueue",
            "java.nio.channels.Selector",
            "java.nio.channels.SelectionKey",
            "java.nio.channels.DatagramChannel",
            "java.nio.channels.MulticastChannel",
            "java.nio.channels.SocketChannel",
            "java.nio.channels.ServerSocketChannel",
            "java.nio.channels.AsynchronousSocketChannel",
            "java.nio.channels.AsynchronousServerSocketChannel",
            "java.net.Socket",
            "java.net.ServerSocket",
            "java.net.DatagramSocket",
            "java.net.MulticastSocket",
            "java.net.DatagramPacket",
            "java.net.http.",
            "javax.net.");

    private static final Set<String> HIDDEN_REGEX = Set.of(
            "java.lang.String.split",
            "java.lang.String.matches",
            "java.lang.String.replaceAll",
            "java.lang.String.replaceFirst");

    @Test
    void everyModuleWasFound() {
        assertThat(Library.classes().map(Library::moduleOf).collect(Collectors.toSet()))
                .as("modules among the classes that these tests look at")
                .containsAll(Library.MODULE_NAMES.keySet());
        assertThat(Library.cores().count()).isGreaterThan(100);
    }

    @Test
    void dependenciesRunInOneDirection() {
        new Rule(
                        "io <- { sdp, ice, dtls-srtp, sctp, media } <- webrtc-api: the five in the middle never see each other,"
                                + " so that each can be used and understood alone",
                        "pass the value in from webrtc-api, or put a type that two need into io")
                .noDependency(Library.classes(), dependency -> {
                    String from = Library.moduleOf(dependency.getOriginClass());
                    String to = Library.moduleOf(dependency.getTargetClass());
                    return from != null
                            && to != null
                            && !from.equals(to)
                            && !Library.MAY_USE.getOrDefault(from, Set.of()).contains(to);
                });
    }

    @Test
    void coresAskNobodyForTheTime() {
        new Rule(
                        "a core that reads a clock, sleeps or asks the system for randomness or names cannot run in virtual time,"
                                + " and its tests become slow and flaky",
                        "take `long now` as a parameter and expose nextTimeout(); take a RandomSource; let the driver (.loop) do the asking")
                .noAccess(Library.cores(), access -> CLOCKS.contains(name(access)));
    }

    @Test
    void coresHaveNoThreadsLocksSocketsOrExecutors() {
        new Rule(
                        "a protocol core is a plain single-threaded object; threads, locks and sockets in it make it untestable and racy",
                        "emit what is to be sent by pollTransmit, events by pollEvent, and let a driver (.loop, dtls.bc) own the outside")
                .noDependency(
                        Library.cores().filter(type -> !isContractOfIo(type)),
                        dependency -> startsWithAny(dependency.getTargetClass(), THREADS_AND_SOCKETS));
        new Rule(
                        "a synchronized method in a core means that two threads are expected there",
                        "confine the object to the loop and hand values over by commands and events")
                .check(Library.cores()
                        .flatMap(type -> type.getMethods().stream())
                        .filter(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                        .map(method -> method.getFullName())
                        .toList());
    }

    @Test
    void onlyMediaFilesReadAndWriteFiles() {
        new Rule(
                        "a core that reads files blocks the loop it runs on",
                        "take bytes; dev.yodel.media.file is the one place that knows files, and its caller brings the thread")
                .noDependency(
                        Library.cores().filter(type -> !Library.isIn(type, List.of("dev.yodel.media.file"))),
                        dependency -> startsWithAny(
                                dependency.getTargetClass(),
                                List.of(
                                        "java.nio.file.",
                                        "java.io.File",
                                        "java.io.RandomAccessFile",
                                        "java.nio.channels.")));
    }

    /** io itself only names the types that its Environment hands out; it creates none. */
    private static boolean isContractOfIo(JavaClass type) {
        return type.getPackageName().equals("dev.yodel.io");
    }

    @Test
    void bouncyCastleStaysInItsPackage() {
        new Rule(
                        "Bouncy Castle's DTLS is quarantined so that another engine can replace it and so that a hole in it has one door",
                        "put what needs it behind a type of dev.yodel.dtls and implement it in dev.yodel.dtls.bc")
                .noDependency(
                        Library.classes().filter(type -> !Library.isIn(type, List.of("dev.yodel.dtls.bc"))),
                        dependency ->
                                dependency.getTargetClass().getPackageName().startsWith("org.bouncycastle"));
    }

    @Test
    void nativeCodeStaysInItsPackage() {
        new Rule(
                        "the library is pure Java and must run without JNA; only the optional Opus codec and the optional sending in batches use"
                                + " native code",
                        "reach the codec through the interfaces of dev.yodel.media, the batches through dev.yodel.io.loop")
                .noDependency(
                        Library.classes()
                                .filter(type -> !Library.isIn(
                                        type, List.of("dev.yodel.media.opus", "dev.yodel.io.loop.linux"))),
                        dependency ->
                                dependency.getTargetClass().getPackageName().startsWith("com.sun.jna"));
    }

    @Test
    void J03_noRegularExpressions() {
        Rule rule = new Rule(
                "a regular expression over text from outside can be made to run for minutes (catastrophic backtracking)",
                "scan with indexOf and charAt, as dev.yodel.sdp does");
        rule.noDependency(
                Library.classes(),
                dependency -> dependency.getTargetClass().getPackageName().equals("java.util.regex"));
        rule.noAccess(Library.classes(), access -> HIDDEN_REGEX.contains(name(access)));
    }

    @Test
    void S11_secretsAreComparedInConstantTime() {
        List<String> secretive = List.of("dev.yodel.srtp", "dev.yodel.dtls", "dev.yodel.ice");
        new Rule(
                        "Arrays.equals stops at the first difference, so its time tells how much of a tag was right",
                        "use MessageDigest.isEqual, and Bytes' loops for what is public")
                .noAccess(
                        Library.classes().filter(type -> Library.isIn(type, secretive)),
                        access -> name(access).equals("java.util.Arrays.equals")
                                || name(access).equals("java.util.Arrays.mismatch")
                                || name(access).equals("java.util.Arrays.compare"));
    }

    @Test
    void J11_noDeserializationAndNoReflection() {
        new Rule("an ObjectInputStream runs code of the sender's choice", "parse bytes with dev.yodel.io.Bytes")
                .noDependency(Library.classes(), isType("java.io.ObjectInputStream", "java.io.ObjectInput"));
        new Rule(
                        "reflection on a name that came from outside loads classes of the sender's choice",
                        "switch over the values that are known; only io.loop (newer JDKs' threads) and media.opus (JNA) look classes up, by constants")
                .noAccess(
                        Library.classes()
                                .filter(type ->
                                        !Library.isIn(type, List.of("dev.yodel.io.loop", "dev.yodel.media.opus"))),
                        access -> name(access).equals("java.lang.Class.forName")
                                || name(access).equals("java.lang.ClassLoader.loadClass")
                                || access.getTargetOwner().getPackageName().equals("java.lang.reflect"));
        new Rule(
                        "a finalizer runs on a thread of its own and keeps its object alive",
                        "implement AutoCloseable and let the owner close")
                .check(Library.classes()
                        .flatMap(type -> type.getMethods().stream())
                        .filter(method -> method.getName().equals("finalize")
                                && method.getRawParameterTypes().isEmpty())
                        .map(method -> method.getFullName())
                        .toList());
    }

    @Test
    void thereIsNoStaticMutableState() {
        new Rule(
                        "a static variable is shared by all connections of a JVM and outlives them",
                        "make it a field of the object that owns it, or a constant")
                .check(Library.classes()
                        .flatMap(type -> type.getFields().stream())
                        .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                        .filter(field -> !field.getModifiers().contains(JavaModifier.FINAL))
                        .filter(field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC))
                        .map(JavaField::getFullName)
                        .toList());
    }

    @Test
    void theLibraryLogsThroughSlf4jOnly() {
        new Rule("a library that prints cannot be silenced", "log through SLF4J, or return a value that says it")
                .noAccess(
                        Library.classes(),
                        access -> name(access).equals("java.lang.System.out")
                                || name(access).equals("java.lang.System.err")
                                || name(access).equals("java.lang.Throwable.printStackTrace"));
        new Rule("two logging systems in one library", "log through SLF4J")
                .noDependency(
                        Library.classes(),
                        dependency ->
                                dependency.getTargetClass().getPackageName().startsWith("java.util.logging"));
    }

    private static Predicate<Dependency> isType(String... names) {
        return dependency -> Set.of(names).contains(dependency.getTargetClass().getName());
    }

    private static boolean startsWithAny(JavaClass type, List<String> beginnings) {
        String name = type.getBaseComponentType().getName();
        return beginnings.stream()
                .anyMatch(beginning -> beginning.endsWith(".") ? name.startsWith(beginning) : name.equals(beginning));
    }

    private static String name(JavaAccess<?> access) {
        return access.getTargetOwner().getName() + "." + access.getName();
    }
}
