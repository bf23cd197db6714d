package dev.yodel.ice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both ends believe in the same role. */
class RoleConflictTest {
    @Test
    void I13_conflictsConvergeWithinTwoSwitches() throws Exception {
        int seeds = Boolean.getBoolean("yodel.long") ? 10_000 : 2_000;
        for (int seed = 0; seed < seeds; seed++) {
            Random random = new Random(seed);
            JoinedAgents agents = new JoinedAgents(seed);
            agents.roleA = seed % 2 == 0 ? IceRole.CONTROLLING : IceRole.CONTROLLED;
            agents.roleB = agents.roleA;
            if (seed % 3 == 0) {
                // Equal tie-breakers.
                long tie = random.nextLong();
                agents.a.random.next = tie;
                agents.b.random.next = tie;
            }
            agents.startB = random.nextInt(60) * Time.MILLISECOND;
            agents.delayNanos = random.nextInt(40) * Time.MILLISECOND;
            agents.connect();
            assertThat(agents.a.agent.state()).as("seed %d", seed).isEqualTo(IceState.CONNECTED);
            assertThat(agents.b.agent.state()).as("seed %d", seed).isEqualTo(IceState.CONNECTED);
            assertThat(agents.a.agent.role()).as("seed %d", seed).isNotEqualTo(agents.b.agent.role());
            assertThat(agents.a.roleChanges).as("seed %d", seed).isLessThanOrEqualTo(2);
            assertThat(agents.b.roleChanges).as("seed %d", seed).isLessThanOrEqualTo(2);
        }
    }
}
