#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

// Which of 64 bytes equal one of four values: bit i stands for byte i. In C, since Swift has no way to the instruction that gathers the bits.
static inline __attribute__((always_inline)) uint64_t marks_find(const uint8_t *bytes, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
    uint64_t found = 0;
#ifdef __SSE2__
    const __m128i va = _mm_set1_epi8((char)a), vb = _mm_set1_epi8((char)b), vc = _mm_set1_epi8((char)c), vd = _mm_set1_epi8((char)d);
    for (int part = 0; part < 4; part++) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + 16 * part));
        const __m128i equal = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(block, va), _mm_cmpeq_epi8(block, vb)), _mm_or_si128(_mm_cmpeq_epi8(block, vc), _mm_cmpeq_epi8(block, vd)));
        found |= (uint64_t)(uint32_t)_mm_movemask_epi8(equal) << (16 * part);
    }
#else
    for (int i = 0; i < 64; i++) {
        const uint8_t byte = bytes[i];
        found |= (uint64_t)(byte == a || byte == b || byte == c || byte == d) << i;
    }
#endif
    return found;
}
