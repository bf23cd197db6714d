/** Drivers for real browsers, without any test tool: DevTools for Chromium, WebDriver BiDi for Firefox. */
@NullMarked
package dev.yodel.interop.browser;

import org.jspecify.annotations.NullMarked;
