/// Tests of the code itself: what may depend on what, how long things get, which words are used.
///
/// Each rule has a test of its own in which a bad snippet is caught.
package dev.topics.quality;
