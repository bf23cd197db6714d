package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of a session or of a media section, in order and by type. Immutable; usable from any thread. */
public final class Attributes {
    private final List<Attribute> list;
    private final Map<Class<?>, List<Attribute>> byType;

    Attributes(List<SdpLine> lines) {
        List<Attribute> all = new ArrayList<>(lines.size());
        Map<Class<?>, List<Attribute>> index = new HashMap<>();
        for (SdpLine line : lines) {
            Attribute attribute = line.attribute();
            if (attribute != null) {
                all.add(attribute);
                index.computeIfAbsent(attribute.getClass(), type -> new ArrayList<>(2))
                        .add(attribute);
            }
        }
        this.list = Collections.unmodifiableList(all);
        this.byType = index;
    }

    /**
     * All attributes.
     *
     * @return them in the order written, unmodifiable
     */
    public List<Attribute> list() {
        return list;
    }

    /**
     * The attributes of one type.
     *
     * @param <T> the type
     * @param type a permitted type of {@link Attribute}
     * @return them in the order written, unmodifiable; empty if there is none
     */
    @SuppressWarnings("unchecked") // The index holds under each class only that class's instances.
    public <T extends Attribute> List<T> all(Class<T> type) {
        return (List<T>) Collections.unmodifiableList(byType.getOrDefault(type, List.of()));
    }

    /**
     * The first attribute of one type.
     *
     * @param <T> the type
     * @param type a permitted type of {@link Attribute}
     * @return it, or null if there is none
     */
    public <T extends Attribute> @Nullable T first(Class<T> type) {
        List<Attribute> found = byType.getOrDefault(type, List.of());
        return found.isEmpty() ? null : type.cast(found.get(0));
    }

    /**
     * Whether a property attribute is present.
     *
     * @param flag the attribute
     * @return true if it is there
     */
    public boolean has(Flag flag) {
        return byType.getOrDefault(Flag.class, List.of()).contains(flag);
    }

    /**
     * An attribute that this module has no type for.
     *
     * @param name its name
     * @return the first one of that name, or null
     */
    public @Nullable UnknownAttribute unknown(String name) {
        for (UnknownAttribute attribute : all(UnknownAttribute.class)) {
            if (attribute.name().equals(name)) {
                return attribute;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return list.toString();
    }
}
