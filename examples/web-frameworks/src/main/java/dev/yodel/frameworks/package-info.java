/** Signaling and WHIP in other people's web frameworks: the code of docs/web-frameworks.md and docs/whip.md. */
package dev.yodel.frameworks;
