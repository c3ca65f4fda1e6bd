package dev.topics.engine.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.topic.RouterState;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.TopicSeam;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The simulation is worth something only if engines that do wrong turn it red: each of these must,
/// within some hundred lives, whether the oracle notices or the engine itself refuses to go on.
final class RouterPlantedBugTest {
  private static final int LIVES = 300;
  private static final int RUNS = 4;
  private static final int NOW_AND_THEN = 5;

  /// What an engine could do wrong.
  enum Bug implements Sabotage {
    CURSOR_WITHOUT_COPY {
      @Override
      public RouterState between(RouterState routers) {
        return new SpoiledRouters(routers) {
          private int count;

          @Override
          public void advanced(int router, long sourceId, long by, long copies) {
            super.advanced(router, sourceId, ++count % NOW_AND_THEN == 0 ? by + 1 : by, copies);
          }
        };
      }
    },

    COPY_WITHOUT_CURSOR {
      @Override
      public RouterState between(RouterState routers) {
        return new SpoiledRouters(routers) {
          private int count;

          @Override
          public void advanced(int router, long sourceId, long by, long copies) {
            if (++count % NOW_AND_THEN != 0) {
              super.advanced(router, sourceId, by, copies);
            }
          }
        };
      }
    },

    SKIPPED_FIRST_RECORD {
      @Override
      public RouterState between(RouterState routers) {
        return new SpoiledRouters(routers) {
          @Override
          public void put(
              int router,
              RouterConfig config,
              @Nullable Topic source,
              Topic dest,
              Map<Topic, Long> starts,
              long lsn) {
            Map<Topic, Long> later = new HashMap<>(starts);
            later.replaceAll((_, start) -> start + 1);
            super.put(router, config, source, dest, later, lsn);
          }
        };
      }
    },

    REPEAT_AFTER_RESTART {
      @Override
      public RouterState between(RouterState routers) {
        return new SpoiledRouters(routers) {
          @Override
          public Image image() {
            Image right = super.image();
            List<RouterImage> behind = right.routers().stream().map(Bug::oneBehind).toList();
            return new Image(right.lastId(), behind, right.hops());
          }
        };
      }
    },

    HOPS_FORGOTTEN {
      @Override
      public RouterState between(RouterState routers) {
        return new SpoiledRouters(routers) {
          @Override
          public void hopped(long topicId, long firstSeq, long lastSeq, int hops) {}
        };
      }
    },

    LATER_TOPIC_MISSED {
      @Override
      public RouterState between(RouterState routers) {
        return new SpoiledRouters(routers) {
          @Override
          public void created(Topic topic) {}
        };
      }
    },

    ROUTER_KEPT_WITHOUT_ITS_TOPIC {
      @Override
      public RouterState between(RouterState routers) {
        return new SpoiledRouters(routers) {
          @Override
          public List<RouterName> goingWith(Topic topic) {
            return List.of();
          }

          @Override
          public void dropped(Topic topic) {}
        };
      }
    },

    /// As if a file of the journal were freed though others refer to it.
    SOURCE_RECLAIMED_BEFORE_ITS_COPIES {
      @Override
      public void atRestart(SimDisk disk) {
        List<String> files =
            disk.files().stream().filter(name -> name.startsWith("journal/0")).toList();
        if (files.size() > 2) {
          disk.lose(files.getFirst());
        }
      }
    },

    /// Files of the journal go though forwards behind them refer to them.
    REFERENCES_FORGOTTEN {
      @Override
      public void atStep(Engine engine) {
        TopicSeam.forgetReferences(EngineSeam.topics(engine));
      }
    },

    /// As if the router had begun anew after it had forwarded everything.
    REPEATED_FROM_THE_START {
      @Override
      public void atEnd(Engine engine) {
        for (RouterInfo router : engine.routers(List.of(""), null, null, "", 10).routers()) {
          RouterConfig config = router.config();
          finish(engine, engine.deleteRouter(config.name()));
          finish(
              engine,
              engine.putRouter(
                  config.name(),
                  RoutedEngine.route(config.source().text(), config.dest().value())
                      .withFilter(config.filter())
                      .withGuarantee(config.guarantee())
                      .preserving(config.preserveNode(), config.preserveTag())
                      .allowingCycles()
                      .startingBehind(0)));
        }
      }
    };

    private static RouterState.RouterImage oneBehind(RouterState.RouterImage image) {
      Map<Topic, Long> cursors = new LinkedHashMap<>(image.cursors());
      cursors.replaceAll((_, cursor) -> Math.max(0, cursor - 1));
      return new RouterState.RouterImage(
          image.router(),
          image.config(),
          image.source(),
          image.dest(),
          cursors,
          image.forwarded(),
          image.lsn());
    }

    private static void finish(Engine engine, CompletableFuture<?> answer) {
      while (!answer.isDone()) {
        var _ = engine.step();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEngineThatDoesWrongIsNoticed(Bug bug) {
    assertThat(isNoticed(bug)).isTrue();
  }

  /// The engine cannot know where the copy is, so nobody but the oracle does.
  @Test
  void theOracleItselfNoticesACursorWithoutACopy() {
    assertThat(isToldByTheOracle(Bug.CURSOR_WITHOUT_COPY, "never arrived")).isTrue();
  }

  private static boolean isToldByTheOracle(Sabotage bug, String what) {
    for (long seed = 1; seed <= LIVES; seed++) {
      try {
        new RouterTrial(seed, bug).run(RUNS);
      } catch (RouteOracle.Violated told) {
        if (told.getMessage().contains(what)) {
          return true;
        }
      } catch (AssertionError | RuntimeException | IOException other) {
        // Another life may end as this bug is meant to.
      }
    }
    return false;
  }

  private static boolean isNoticed(Sabotage bug) {
    for (long seed = 1; seed <= LIVES; seed++) {
      try {
        new RouterTrial(seed, bug).run(RUNS);
      } catch (AssertionError | RuntimeException | IOException noticed) {
        return true;
      }
    }
    return false;
  }
}
