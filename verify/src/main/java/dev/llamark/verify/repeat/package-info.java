/**
 * Whether a variant gives the same bits again: {@link dev.llamark.verify.repeat.SameJvm} in this
 * process, {@link dev.llamark.verify.repeat.FreshJvm} in others that interpret, compile otherwise,
 * or have other vectors; those run a {@link dev.llamark.verify.repeat.RepeatWorker}.
 */
package dev.llamark.verify.repeat;
