/** Calls between network namespaces with every kind of NAT between them. */
@NullMarked
package dev.yodel.interop.nat;

import org.jspecify.annotations.NullMarked;
