/* SPDX-License-Identifier: Apache-2.0
 * Libraries of others that few runs need: loaded when they are wanted, since linked, they and what they bring along
 * would make every command start later and take more memory. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Loads a library by its file name, which stays loaded to the end of the process, and finds functions in it and in what
 * it brings along: `prefix` and a name each. `calls` gets their addresses, in that order: it is a structure of `count`
 * pointers to functions. False when there is no such library, or one that lacks a function. */
bool argot_library_load(const char *file, const char *prefix, const char *const *names, size_t count, void *calls);
