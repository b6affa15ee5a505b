// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package browser has tests only: they open the page of kubectl hostprocess report in
// Chromium, check it in several widths, light and dark, and print it. It is a module of
// its own because its tests need that browser.
package browser
