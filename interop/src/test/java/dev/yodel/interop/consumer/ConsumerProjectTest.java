package dev.yodel.interop.consumer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.architecture.SourceTree;
import dev.yodel.interop.browser.Requirements;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Installs the published artifacts into a fresh local repository, builds {@code consumer/} against it with Maven (no
 * network: other people's jars come from the local repository of the running build) and runs it on the class path and
 * on the module path. Each run makes a real connection between two peers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsumerProjectTest {
    private static final String VERSION = "0.1.0-SNAPSHOT";
    private static final long MAVEN_SECONDS = 180;
    private static final long RUN_SECONDS = 60;

    /** Folder and artifact of what is published; those that are a pom alone apart. */
    private static final Map<String, String> JARS = Map.of(
            "io", "yodel-io",
            "sdp", "yodel-sdp",
            "ice", "yodel-ice",
            "dtls-srtp", "yodel-dtls-srtp",
            "sctp", "yodel-sctp",
            "media", "yodel-media",
            "webrtc-api", "yodel-webrtc-api");

    private Path folder = Path.of("");
    private List<Path> jars = List.of();

    @BeforeAll
    void buildTheConsumerFromAFreshRepository(@TempDir Path fresh) throws IOException {
        folder = fresh;
        Path root = SourceTree.root();
        Path repository = folder.resolve("repository");
        install(repository, "yodel-parent", root.resolve("pom.xml"));
        install(repository, "yodel-bom", root.resolve("bom/pom.xml"));
        for (Map.Entry<String, String> module : JARS.entrySet()) {
            Path source = root.resolve(module.getKey());
            install(repository, module.getValue(), source.resolve("pom.xml"));
            Files.copy(jarOf(source, module.getValue()), place(repository, module.getValue(), ".jar"));
        }
        Path project = folder.resolve("consumer");
        copy(root.resolve("consumer"), project);
        Path settings = folder.resolve("settings.xml");
        Files.writeString(settings, settings(repository));

        String output = run(
                MAVEN_SECONDS,
                project,
                Requirements.outside(List.of(
                                mvn(),
                                "-B",
                                "-ntp",
                                "-s",
                                settings.toString(),
                                "-Dmaven.repo.local=" + repository,
                                "package"))
                        .toArray(String[]::new));
        assertThat(output).as("Maven's output").contains("BUILD SUCCESS").doesNotContain("[WARNING] /");

        Path jar = project.resolve("target/consumer-1.jar");
        jars = new ArrayList<>(List.of(jar));
        for (String entry : classPath(jar)) {
            jars.add(repository.resolve(entry));
        }
        assertThat(jars).allMatch(Files::isRegularFile);
    }

    @Test
    void theBomGivesTheLibraryAndNothingUnexpected() {
        assertThat(jars.stream().map(jar -> jar.getFileName().toString().replaceAll("-[0-9].*", "")))
                .containsExactlyInAnyOrder(
                        "consumer",
                        "yodel-webrtc-api",
                        "yodel-io",
                        "yodel-sdp",
                        "yodel-ice",
                        "yodel-dtls-srtp",
                        "yodel-media",
                        "yodel-sctp",
                        "slf4j-api",
                        "jspecify",
                        "bctls-jdk18on",
                        "bcprov-jdk18on",
                        "bcutil-jdk18on");
    }

    @Test
    void theConsumerConnectsOnTheClassPath() throws IOException {
        String output = run(RUN_SECONDS, folder, java(), "-cp", path(), "dev.yodel.consumer.Connect");
        assertThat(output).contains("connected: connected and connected, as the unnamed module");
    }

    @Test
    void theConsumerConnectsOnTheModulePath() throws IOException {
        String output =
                run(RUN_SECONDS, folder, java(), "-p", path(), "-m", "dev.yodel.consumer/dev.yodel.consumer.Connect");
        assertThat(output).contains("connected: connected and connected, as a named module");
    }

    private String path() {
        return String.join(File.pathSeparator, jars.stream().map(Path::toString).toList());
    }

    private static Path place(Path repository, String artifact, String suffix) {
        return repository.resolve("dev/yodel/" + artifact + "/" + VERSION + "/" + artifact + "-" + VERSION + suffix);
    }

    private static void install(Path repository, String artifact, Path pom) throws IOException {
        Path target = place(repository, artifact, ".pom");
        Files.createDirectories(target.getParent());
        Files.copy(pom, target, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The jar that the build packaged, or, when only classes were built since, one made of them. */
    private Path jarOf(Path module, String artifact) throws IOException {
        Path packaged = module.resolve("target/" + artifact + "-" + VERSION + ".jar");
        Path classes = module.resolve("target/classes");
        if (Files.exists(packaged)
                && newest(classes) <= Files.getLastModifiedTime(packaged).toMillis()) {
            return packaged;
        }
        Path made = folder.resolve(artifact + ".jar");
        int status = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(System.out, System.err, "--create", "--file", made.toString(), "-C", classes.toString(), ".");
        assertThat(status).as("jar of %s", artifact).isZero();
        return made;
    }

    private static long newest(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> {
                        try {
                            return Files.getLastModifiedTime(file).toMillis();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .max()
                    .orElse(0);
        }
    }

    /**
     * Other people's jars and plugins are taken from the local repository of this very build, as if it were a remote
     * one.
     */
    private static String settings(Path repository) {
        String own = System.getProperty("localRepository", System.getProperty("user.home") + "/.m2/repository");
        String url = Path.of(own).toUri().toString();
        return """
                <settings>
                  <localRepository>%s</localRepository>
                  <mirrors><mirror><id>here</id><mirrorOf>*</mirrorOf><url>%s</url></mirror></mirrors>
                  <profiles><profile>
                    <id>here</id>
                    <repositories><repository>
                      <id>central</id><url>%s</url>
                      <releases><checksumPolicy>ignore</checksumPolicy></releases>
                      <snapshots><enabled>false</enabled></snapshots>
                    </repository></repositories>
                    <pluginRepositories><pluginRepository>
                      <id>central</id><url>%s</url>
                      <releases><checksumPolicy>ignore</checksumPolicy></releases>
                      <snapshots><enabled>false</enabled></snapshots>
                    </pluginRepository></pluginRepositories>
                  </profile></profiles>
                  <activeProfiles><activeProfile>here</activeProfile></activeProfiles>
                </settings>
                """
                .formatted(repository, url, url, url);
    }

    private static List<String> classPath(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            String entries = file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            return Arrays.asList(entries.split(" ", -1));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (directory.getFileName().toString().equals("target")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(directory).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static String mvn() {
        String home = System.getenv("MAVEN_HOME");
        String name = File.separatorChar == '\\' ? "mvn.cmd" : "mvn";
        return home == null ? name : Path.of(home, "bin", name).toString();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** What the command printed; fails unless it ended with status 0 in time. */
    private String run(long seconds, Path directory, String... command) throws IOException {
        Path log = Files.createTempFile(folder, "run", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.PIPE);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("MAVEN_OPTS");
        builder.environment().remove("MAVEN_CMD_LINE_ARGS");
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            String output = Files.readString(log, UTF_8);
            assertThat(ended)
                    .as("%s ends within %d s:%n%s", command[0], seconds, output)
                    .isTrue();
            assertThat(process.exitValue())
                    .as("status of %s:%n%s", command[0], output)
                    .isZero();
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command[0] + " ran", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
