/**
 * What a process needs to run and to tell: the thread team, the environment and result records, the
 * tables and progress that a person sees, errors that one sentence explains, and exit codes.
 */
package dev.llamark.run;
